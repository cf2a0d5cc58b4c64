import pytest

from app.rules.filenames import clean_title, disposition, download_name, own_name


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Algebra 1/2", "Algebra 1/2"),
        ("  two \r\n lines\t", "two lines"),
        ("a\x00b\x7fc", "a b c"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("Familie 👨\u200d👩\u200d👧", "Familie 👨\u200d👩\u200d👧"),
        ("x" * 300, "x" * 200),
        ("\u2028", ""),
    ],
)
def test_titles_are_one_clean_line(text: str, title: str) -> None:
    assert clean_title(text) == title


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("sheet.pdf", "sheet.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\Übung 1.docx", "Übung 1.docx"),
        ("..", ""),
        ("/", ""),
        (".htaccess", "htaccess"),
    ],
)
def test_of_a_path_the_last_part_is_the_name(filename: str, name: str) -> None:
    assert own_name(filename) == name


@pytest.mark.parametrize(
    ("title", "content_type", "name"),
    [
        ("Sheet", "application/pdf", "Sheet.pdf"),
        ("Sheet.PDF", "application/pdf", "Sheet.PDF"),
        ("photo.exe", "image/png", "photo.exe.png"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("notes.csv", "text/plain", "notes.csv"),
        ("../../etc/passwd", "text/plain", "_.._etc_passwd"),
        ('a"b<c>d|e?f*g:h\\i', "text/plain", "a_b_c_d_e_f_g_h_i"),
        ("...", "application/zip", "file.zip"),
    ],
)
def test_downloads_have_safe_names_with_true_endings(title: str, content_type: str, name: str) -> None:
    assert download_name(title, content_type) == name


def test_the_header_is_ascii_and_carries_any_name() -> None:
    assert disposition("Übung 100%", "application/pdf", inline=True) == (
        "inline; filename=\"U_bung 100_.pdf\"; filename*=UTF-8''%C3%9Cbung%20100%25.pdf"
    )
    assert disposition('a";\r\nx: y', "text/html", inline=False) == (
        "attachment; filename=\"a_; x_ y.html\"; filename*=UTF-8''a_%3B%20x_%20y.html"
    )
