"""Films: pictures with the times at which they come, as MP4 or as pieces of MPEG-TS, with a silent sound."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

import av
from av.audio.stream import AudioStream
from av.video.frame import PictureType
from av.video.stream import VideoStream
from PIL.Image import Image

PIECE_MS: Final = 60_000
"""Milliseconds of a piece; a film of one file can be entered as often."""
SAMPLES: Final = 48_000
IN_PACKET: Final = 1024
MS: Final = Fraction(1, 1000)
SILENCE_BEGINS: Final = 4
"""Packets of sound after which one of silence is as any other."""


@dataclass(frozen=True)
class Look:
    """The picture and the sound; `kilobits` is the most that the picture takes in a second."""

    width: int
    height: int
    fps: int
    kilobits: int
    stereo: bool
    sound_kilobits: int


@dataclass(frozen=True)
class Piece:
    """A finished file of a film."""

    path: Path
    milliseconds: int


class Film:
    """Takes pictures in their order. Each is seen until the next; memory does not grow with the length."""

    def __init__(self, folder: Path, look: Look, *, in_pieces: bool) -> None:
        self._folder = folder
        self._in_pieces = in_pieces
        self._out = self._pieces() if in_pieces else self._whole()
        self._picture = self._add_picture(look)
        self._sound = self._add_sound(look)
        self._silence = self._make_silence(look)
        self._heard = 0
        self._cuts: list[int] = []

    def show(self, picture: Image, at_ms: int) -> None:
        """A picture that is seen from now on."""
        # The library publishes no types for it.
        frame = cast("Any", av.VideoFrame).from_image(picture)
        frame.pts, frame.time_base = at_ms, MS
        if at_ms >= len(self._cuts) * PIECE_MS:
            # Whoever enters here, or has this piece only, needs nothing from before.
            frame.pict_type = PictureType.I
            self._cuts.append(at_ms)
        self._be_silent(at_ms)
        self._out.mux(self._picture.encode(frame))

    def end(self, at_ms: int) -> list[Piece]:
        """The finished files."""
        self._out.mux(self._picture.encode(None))
        self._be_silent(at_ms)
        self._out.close()
        if not self._in_pieces:
            return [Piece(self._folder / "film.mp4", at_ms)]
        paths = sorted(self._folder.glob("*.ts"))
        ends = [*self._cuts[1:], at_ms]
        return [Piece(path, end - start) for path, start, end in zip(paths, self._cuts, ends, strict=True)]

    def _whole(self) -> Any:
        # The index first, so that it plays while it comes.
        return av.open(str(self._folder / "film.mp4"), "w", options={"movflags": "+faststart"})

    def _pieces(self) -> Any:
        options = {
            "hls_time": str(PIECE_MS // 1000),
            "hls_list_size": "0",
            "hls_segment_filename": str(self._folder / "%06d.ts"),
        }
        return av.open(str(self._folder / "index.m3u8"), "w", format="hls", options=options)

    def _add_picture(self, look: Look) -> VideoStream:
        options = {
            "preset": "veryfast",
            "tune": "stillimage",
            "crf": "23",
            "maxrate": f"{look.kilobits}k",
            "bufsize": f"{2 * look.kilobits}k",
            # Pieces are cut where we say so, and nowhere else.
            "g": "100000",
            "sc_threshold": "0",
            "threads": "1",
        }
        picture: VideoStream = self._out.add_stream("libx264", rate=look.fps, options=options)
        picture.width, picture.height, picture.pix_fmt = look.width, look.height, "yuv420p"
        picture.codec_context.time_base = MS
        return picture

    def _add_sound(self, look: Look) -> AudioStream:
        layout = "stereo" if look.stereo else "mono"
        sound: AudioStream = self._out.add_stream("aac", rate=SAMPLES, layout=layout)
        sound.bit_rate = look.sound_kilobits * 1000
        return sound

    def _make_silence(self, look: Look) -> bytes:
        """One packet of silence, which is repeated: to encode hours of it would take minutes."""
        layout = "stereo" if look.stereo else "mono"
        made = b""
        for number in range(SILENCE_BEGINS):
            frame = av.AudioFrame(format="fltp", layout=layout, samples=IN_PACKET)
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            frame.sample_rate, frame.time_base = SAMPLES, Fraction(1, SAMPLES)
            frame.pts = number * IN_PACKET
            for packet in self._sound.encode(frame):
                made = bytes(packet)
        return made

    def _be_silent(self, until_ms: int) -> None:
        while self._heard * 1000 < until_ms * SAMPLES:
            packet = av.Packet(self._silence)
            packet.stream, packet.time_base = self._sound, Fraction(1, SAMPLES)
            packet.pts = packet.dts = self._heard
            packet.duration = IN_PACKET
            packet.is_keyframe = True
            self._out.mux(packet)
            self._heard += IN_PACKET
