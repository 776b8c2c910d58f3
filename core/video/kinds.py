"""The kinds of files that hold pictures, and the bytes they start with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a file is.

    Attributes:
        label: Name in plain words.
        demuxer: Name by which FFmpeg knows the container, or None to let it find out.
    """

    label: str
    demuxer: str | None = None


CONTAINERS = {
    "mp4": Kind("MP4", "mov"),
    "mov": Kind("MOV", "mov"),
    "heif": Kind("HEIF", "mov"),
    "matroska": Kind("Matroska", "matroska"),
    "webm": Kind("WebM", "matroska"),
    "avi": Kind("AVI", "avi"),
    "mpeg-ps": Kind("MPEG-PS", "mpeg"),
    "mpeg-ts": Kind("MPEG-TS", "mpegts"),
    "mpeg": Kind("MPEG", "mpegvideo"),
    "m4v": Kind("MPEG-4", "m4v"),
    "h264": Kind("H.264", "h264"),
    "hevc": Kind("HEVC", "hevc"),
    "mjpeg": Kind("Motion JPEG", "mjpeg"),
    "mpjpeg": Kind("Motion JPEG", "mpjpeg"),
    "y4m": Kind("YUV4MPEG2", "yuv4mpegpipe"),
    "ivf": Kind("IVF", "ivf"),
    "nut": Kind("NUT", "nut"),
    "mxf": Kind("MXF", "mxf"),
    "dv": Kind("DV", "dv"),
    "real": Kind("RealMedia", "rm"),
    "cine": Kind("Cine", "cine"),
    "gif": Kind("GIF", "gif"),
    "flv": Kind("FLV", "flv"),
    "asf": Kind("WMV", "asf"),
    "ogg": Kind("Ogg", "ogg"),
    "unknown": Kind("video"),
}
ANIMATIONS = {"webp": Kind("WebP"), "apng": Kind("PNG"), "avif": Kind("AVIF"), "tiff": Kind("TIFF")}
# What FFmpeg may open. Playlists and image sequences are not in the list: they would make it open other files and
# addresses. The last line is sound, so that its files can be refused for what they are.
ALLOWED_DEMUXERS = (
    "mov,matroska,avi,mpeg,mpegvideo,mpegts,mpegtsraw,h264,hevc,gif,flv,live_flv,asf,ogg,m4v,mjpeg,mpjpeg,mjpeg_2000,"
    "yuv4mpegpipe,ivf,nut,mxf,dv,rm,cine,obu,av1,vc1,vc1test,h261,h263,vvc,evc,dirac,cavsvideo,apng,flic,wtv,gxf,nsv,"
    "amv,smk,bink,roq,swf,nuv,pva,r3d,dnxhd,jpegxl_anim,xmv,thp,"
    "mp3,aac,wav,flac,aiff,au,caf"
)
# Bytes at the start of a file -> its kind.
STARTS = (
    (b"GIF8", "gif"),
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\x00\x00\x01\xba", "mpeg-ps"),
    (b"\x00\x00\x01\xb3", "mpeg"),
    (b"\x00\x00\x01\xb0", "m4v"),
    (b"FLV\x01", "flv"),
    (b"0&\xb2u\x8ef\xcf\x11", "asf"),
    (b"OggS", "ogg"),
    (b"YUV4MPEG2 ", "y4m"),
    (b"DKIF", "ivf"),
    (b"nut/multimedia container\0", "nut"),
    (b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02", "mxf"),
    (b"\x1f\x07\x00", "dv"),
    (b".RMF", "real"),
    (b"CI\x2c\x00", "cine"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"ID3", "sound"),
    (b"fLaC", "sound"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"BM", "picture"),
    (b"\x00\x00\x01\x00", "picture"),
    (b"8BPS", "picture"),
)
MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"moof")
STILL_BRANDS = (b"avif", b"heic", b"heix", b"mif1")
RIFF = {b"AVI ": "avi", b"WAVE": "sound"}
