"""Films in and out: any file to a clip, or one plain sentence; frames to what browsers play."""

from core.video.bundles import Film, films_in, is_film
from core.video.films import VideoInfo
from core.video.limits import VideoError, VideoLimits
from core.video.reading import probe_video, read_video
from core.video.writing import to_gif, to_mp4, to_webp

__all__ = [
    "Film", "VideoError", "VideoInfo", "VideoLimits", "films_in", "is_film", "probe_video", "read_video",
    "to_gif", "to_mp4", "to_webp",
]  # fmt: skip
