"""The words of the room's page.

The trial bridge stands where Jitsi stands and is not part of the program's catalogue.  `{name}`,
`{limit}` and `{count}` are filled in by the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Language(StrEnum):
    """Languages of the page; the first is the one without a wish."""

    VI = "vi"
    EN = "en"


VIETNAMESE = {
    "title": "Phòng họp trên cầu thử nghiệm",
    "mark": "Cầu thử nghiệm",
    "mark_hint": "Hình và tiếng đi thẳng giữa các máy, nhiều nhất {limit} điểm cầu có hình.",
    "tiles": "Các điểm cầu",
    "controls": "Điều khiển",
    "camera": "Máy ảnh",
    "microphone": "Micrô",
    "screen": "Chia sẻ màn hình",
    "leave": "Rời phòng",
    "sound": "Bật tiếng các điểm cầu",
    "retry": "Vào lại",
    "you": "{name} (máy này)",
    "unnamed": "Điểm cầu chưa có tên",
    "no_script": "Trang này cần trình duyệt cho phép chạy JavaScript.",
    "connecting": "Đang vào phòng họp…",
    "inside": "{count} điểm cầu trong phòng",
    "alone": "Chỉ có điểm cầu này trong phòng",
    "one": "1 điểm cầu trong phòng",
    "nobody": "Chưa có điểm cầu nào trong phòng",
    "reconnecting": "Mất kết nối, đang tự nối lại…",
    "no_devices": "Không dùng được máy ảnh hoặc micrô: điểm cầu này chỉ xem và nghe.",
    "no_camera": "Không dùng được máy ảnh: điểm cầu này chỉ có tiếng.",
    "microphone_on": "Micrô đang bật",
    "microphone_off": "Micrô đang tắt",
    "muted": "Người điều hành đã tắt tiếng điểm cầu này. Bấm Micrô khi đến lượt phát biểu.",
    "looks_on": "Chỉ theo dõi, không có hình và tiếng",
    "waiting_picture": "Đang nối hình…",
    "broken_picture": "Hình đang gián đoạn, đang tự nối lại…",
    "came": "{name} đã vào",
    "went": "{name} đã rời",
    "left": "Đã rời phòng họp",
    "left_help": "Có thể vào lại khi cuộc họp còn diễn ra.",
    "removed": "Phòng họp đã đóng",
    "removed_help": "Cuộc họp đã được người tổ chức kết thúc.",
    "removed_time": "Phòng họp đã hết giờ đặt.",
    "removed_kicked": "Người điều hành đã đưa điểm cầu này ra khỏi phòng.",
    "refused": "Chưa vào được phòng họp",
    "refused_media-full": (
        "Cầu thử nghiệm chỉ mang hình của {limit} điểm cầu trong một phòng, và phòng đã đủ. "
        "Cuộc họp đông hơn cần một máy chủ cầu thật; xin báo bộ phận kỹ thuật."
    ),
    "refused_seats-full": "Cầu thử nghiệm đã hết chỗ. Xin báo bộ phận kỹ thuật.",
    "refused_token-missing": "Đường dẫn thiếu giấy vào phòng. Xin mở lại đường dẫn của điểm cầu.",
    "refused_token-invalid": "Giấy vào phòng không đúng. Xin mở lại đường dẫn của điểm cầu.",
    "refused_token-foreign": "Giấy vào phòng là của máy chủ khác. Xin mở lại đường dẫn.",
    "refused_token-room": "Giấy vào phòng là của cuộc họp khác. Xin mở lại đường dẫn.",
    "refused_token-expired": "Giấy vào phòng đã hết hạn. Xin mở lại đường dẫn của điểm cầu.",
    "refused_token-early": "Chưa đến giờ vào phòng. Xin kiểm tra đồng hồ của máy rồi vào lại.",
    "refused_room-missing": "Phòng họp vừa đóng. Xin bấm Vào lại.",
    "refused_bad-message": "Kết nối bị gián đoạn khi vào phòng. Xin bấm Vào lại.",
    "refused_reservation": "Chưa có phòng họp cho giờ này, hoặc máy chủ chưa trả lời.",
}

ENGLISH = {
    "title": "Room on the trial bridge",
    "mark": "Trial bridge",
    "mark_hint": "Picture and sound go straight between machines, for at most {limit} sites.",
    "tiles": "Sites",
    "controls": "Controls",
    "camera": "Camera",
    "microphone": "Microphone",
    "screen": "Share screen",
    "leave": "Leave",
    "sound": "Turn on the sound of the sites",
    "retry": "Enter again",
    "you": "{name} (this machine)",
    "unnamed": "Site without a name",
    "no_script": "This page needs a browser that may run JavaScript.",
    "connecting": "Entering the room…",
    "inside": "{count} sites in the room",
    "alone": "Only this site is in the room",
    "one": "1 site in the room",
    "nobody": "No site is in the room yet",
    "reconnecting": "Connection lost, trying again…",
    "no_devices": "Camera or microphone cannot be used: this site can only watch and listen.",
    "no_camera": "The camera cannot be used: this site has sound only.",
    "microphone_on": "Microphone on",
    "microphone_off": "Microphone off",
    "muted": "The operator has muted this site. Press Microphone when it is your turn to speak.",
    "looks_on": "Only looks on, without picture and sound",
    "waiting_picture": "Connecting the picture…",
    "broken_picture": "The picture is interrupted, trying again…",
    "came": "{name} came in",
    "went": "{name} left",
    "left": "You have left the room",
    "left_help": "You can enter again while the conference goes on.",
    "removed": "The room is closed",
    "removed_help": "The organisers have ended the conference.",
    "removed_time": "The time the room was booked for is over.",
    "removed_kicked": "The operator has taken this site out of the room.",
    "refused": "You cannot enter the room yet",
    "refused_media-full": (
        "The trial bridge carries the picture of {limit} sites in one room, and the room is full. "
        "A larger conference needs a real bridge; please tell the technicians."
    ),
    "refused_seats-full": "The trial bridge has no seat left. Please tell the technicians.",
    "refused_token-missing": "The link lacks its pass. Please open the link of your site again.",
    "refused_token-invalid": "The pass is not valid. Please open the link of your site again.",
    "refused_token-foreign": "The pass is for another server. Please open the link again.",
    "refused_token-room": "The pass is for another conference. Please open the link again.",
    "refused_token-expired": "The pass has expired. Please open the link of your site again.",
    "refused_token-early": "It is too early. Please check the clock of this machine and try again.",
    "refused_room-missing": "The room has just closed. Please press Enter again.",
    "refused_bad-message": "The connection broke while entering. Please press Enter again.",
    "refused_reservation": "No room is booked for this time, or the server does not answer.",
}

WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {Language.VI: MappingProxyType(VIETNAMESE), Language.EN: MappingProxyType(ENGLISH)}
)
