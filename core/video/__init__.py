"""Videos in and out: any file to a clip or to one sentence that says what is wrong; frames to what browsers play."""

from core.video.bundles import VideoFile, is_video, videos_among, videos_given, videos_in
from core.video.limits import VideoError, VideoLimits
from core.video.reading import is_single_picture, probe_video, read_picture, read_video
from core.video.tracks import VideoInfo
from core.video.writing import to_gif, to_mp4, to_webp

__all__ = [
    "VideoError",
    "VideoFile",
    "VideoInfo",
    "VideoLimits",
    "is_single_picture",
    "is_video",
    "probe_video",
    "read_picture",
    "read_video",
    "to_gif",
    "to_mp4",
    "to_webp",
    "videos_among",
    "videos_given",
    "videos_in",
]
