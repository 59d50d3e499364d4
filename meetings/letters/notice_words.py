"""The words of letters to owners, approvers and the invited, in both languages.

They stand here and not in the pages' catalogue because a letter is written in the transaction of
what it tells of, in the language of who reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Words = Mapping[str, str]

VIETNAMESE: Words = MappingProxyType(
    {
        "asked": "Chờ duyệt: {title}",
        "asked-text": "Một cuộc họp đang chờ ông/bà duyệt. Xin mở trang Chờ duyệt để trả lời.",
        "confirmed": "Đã duyệt: {title}",
        "confirmed-text": "Cuộc họp đã được duyệt; các điểm cầu đã được giữ chỗ.",
        "refused": "Không duyệt: {title}",
        "refused-text": "Yêu cầu đặt lịch không được duyệt. Lý do: {reason}",
        "expired": "Quá hạn duyệt: {title}",
        "expired-text": "Đã đến giờ bắt đầu mà yêu cầu chưa được trả lời, nên yêu cầu khép lại.",
        "clash": "Trùng lịch khi duyệt: {title}",
        "clash-text": "Yêu cầu chưa duyệt được vì có điểm cầu vừa được giữ cho cuộc họp khác.",
        "displaced": "Nhường lịch: {title}",
        "displaced-text": (
            "Một cuộc họp cấp cao hơn hoặc khẩn hơn đã lấy các điểm cầu trong thời gian này."
            " Cuộc họp trở lại trạng thái chờ duyệt, không bị hủy. Lý do: {reason}"
        ),
        "offer": "Có chỗ trống cho: {title}",
        "offer-text": (
            "Các điểm cầu đang chờ đã trống. Xin mở trang Hôm nay và bấm Đặt lịch trước"
            " {until}; quá hạn, chỗ trống được mời người tiếp theo."
        ),
        "submitted": "Chờ duyệt: {title}",
        "submitted-text": (
            "Một đề nghị đang chờ ông/bà duyệt. Xin mở trang Chờ duyệt để trả lời; lịch đang giữ"
            " không đổi cho đến khi đề nghị được duyệt."
        ),
        "submission-approved": "Đã duyệt đề nghị: {title}",
        "submission-approved-text": "Đề nghị đã được duyệt và có hiệu lực.",
        "submission-refused": "Không duyệt đề nghị: {title}",
        "submission-refused-text": "Đề nghị không được duyệt; lịch cũ giữ nguyên. Lý do: {reason}",
        "submission-lapsed": "Đề nghị hết hiệu lực: {title}",
        "submission-lapsed-text": "Đề nghị không được trả lời kịp; lịch cũ giữ nguyên.",
        "submission-overtaken": "Đề nghị không còn phù hợp: {title}",
        "submission-overtaken-text": (
            "Loạt họp định kỳ đã thay đổi nên đề nghị này không thực hiện được nữa."
            " Nếu vẫn cần họp ngày đó, mời ông/bà mở trang loạt họp và đề nghị lại."
        ),
        "hand-offer": "Đề nghị nhận bàn giao: {title}",
        "hand-offer-text": (
            "Ông/bà được đề nghị nhận phụ trách cuộc họp này. Xin mở trang cuộc họp để nhận hoặc"
            " từ chối; đề nghị hết hiệu lực khi cuộc họp bắt đầu."
        ),
        "hand-accepted": "Đã nhận bàn giao: {title}",
        "hand-accepted-text": "Cuộc họp đã có người khác nhận phụ trách.",
        "hand-declined": "Không nhận bàn giao: {title}",
        "hand-declined-text": "Đề nghị bàn giao không được nhận. Lý do: {reason}",
        "hand-withdrawn": "Rút lại đề nghị bàn giao: {title}",
        "hand-withdrawn-text": "Đề nghị nhận phụ trách cuộc họp này đã được rút lại.",
        "hand-lapsed": "Đề nghị bàn giao hết hiệu lực: {title}",
        "hand-lapsed-text": "Không có ai trả lời đề nghị bàn giao; người phụ trách không đổi.",
        "invitation": "Mời họp trực tuyến: {title}",
        "invitation-text": "Đơn vị có điểm cầu được mời dự cuộc họp sau.",
        "update": "Thay đổi cuộc họp: {title}",
        "update-text": "Cuộc họp đã mời có thay đổi: {changed}.",
        "cancel": "Không họp nữa: {title}",
        "cancel-text": "Cuộc họp sau không còn mời điểm cầu của đơn vị.",
        "title": "tên cuộc họp",
        "chair": "người chủ trì",
        "note": "ghi chú",
        "main_site": "điểm cầu chính",
        "period": "thời gian",
        "sites": "các điểm cầu",
        "chaired": "Chủ trì: {chair}",
        "when": "Thời gian: {when}",
        "halls": "Số điểm cầu: {halls}",
        "ways": "Thời gian và điểm cầu khác hiện còn trống:",
        "way": "  - {when}, {halls} điểm cầu",
        "none": "không ghi",
        "end": "Thư này do diemcau tự động gửi; xin đừng trả lời.",
    }
)
ENGLISH: Words = MappingProxyType(
    {
        "asked": "Waits for your answer: {title}",
        "asked-text": "A conference waits for your approval. Please answer on the Approvals page.",
        "confirmed": "Approved: {title}",
        "confirmed-text": "The conference is approved and its halls are held.",
        "refused": "Not approved: {title}",
        "refused-text": "The request was refused. Reason: {reason}",
        "expired": "Not answered in time: {title}",
        "expired-text": "Nobody answered the request before it was to begin, so it is closed.",
        "clash": "Clash at the approval: {title}",
        "clash-text": "The request cannot be approved as it is: halls were promised to others.",
        "displaced": "Asked to give way: {title}",
        "displaced-text": (
            "A conference of higher rank or urgency took halls at this time."
            " Yours is not cancelled; it waits for approval again. Reason: {reason}"
        ),
        "offer": "Halls have become free: {title}",
        "offer-text": (
            "The halls you wait for are free. Open Today and book them before {until};"
            " after that they are offered to the next in line."
        ),
        "submitted": "Waits for your answer: {title}",
        "submitted-text": (
            "A submission waits for your approval. Please answer on the Approvals page; what is"
            " held now stays until it is approved."
        ),
        "submission-approved": "Submission approved: {title}",
        "submission-approved-text": "What was submitted is approved and in force.",
        "submission-refused": "Submission refused: {title}",
        "submission-refused-text": "It was refused; all stays as it was. Reason: {reason}",
        "submission-lapsed": "Submission lapsed: {title}",
        "submission-lapsed-text": "Nobody answered in time; all stays as it was.",
        "submission-overtaken": "Submission overtaken: {title}",
        "submission-overtaken-text": (
            "Its series changed, so that this can no longer be carried out. If the date is still"
            " needed, open the page of the series and ask again."
        ),
        "hand-offer": "Will you take over: {title}",
        "hand-offer-text": (
            "You are asked to look after this conference. Open its page to accept or decline;"
            " the offer lapses when the conference begins."
        ),
        "hand-accepted": "Taken over: {title}",
        "hand-accepted-text": "Somebody else looks after this conference from now on.",
        "hand-declined": "Not taken over: {title}",
        "hand-declined-text": "The hand-over was declined. Reason: {reason}",
        "hand-withdrawn": "Offer taken back: {title}",
        "hand-withdrawn-text": "You are no longer asked to look after this conference.",
        "hand-lapsed": "Offer lapsed: {title}",
        "hand-lapsed-text": "Nobody answered the hand-over; it is looked after as before.",
        "invitation": "Invitation: {title}",
        "invitation-text": "A hall of your unit is invited to this conference.",
        "update": "Changed: {title}",
        "update-text": "A conference you are invited to has changed: {changed}.",
        "cancel": "Called off: {title}",
        "cancel-text": "Your halls are no longer invited to this conference.",
        "title": "title",
        "chair": "chair",
        "note": "note",
        "main_site": "main hall",
        "period": "time",
        "sites": "halls",
        "chaired": "Chaired by: {chair}",
        "when": "Time: {when}",
        "halls": "Halls: {halls}",
        "ways": "Other times and halls that are free now:",
        "way": "  - {when}, {halls} halls",
        "none": "none given",
        "end": "diemcau sent this by itself; please do not answer.",
    }
)
WORDS: Mapping[str, Words] = MappingProxyType({"vi": VIETNAMESE, "en": ENGLISH})
