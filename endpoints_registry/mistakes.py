"""What is wrong with a field of a request, said in Vietnamese by what the library calls it."""

from collections.abc import Mapping

from pydantic_core import ErrorDetails

_TEXT = "phải là chữ"
_LIST = "phải là một danh sách"
_OBJECT = "phải là một đối tượng JSON"
_WHOLE = "phải là số nguyên"
_NUMBER = "phải là số"
_EITHER = "phải là true hoặc false"
_ONE_OF = "phải là một trong các giá trị {expected}"
_DAY = "phải là một ngày, ví dụ 2026-03-07"
_HOUR = "phải là một giờ, ví dụ 08:00"
_MOMENT = "phải là một thời điểm, ví dụ 2026-03-07T08:00:00+07:00"

SAID: Mapping[str, str] = {
    "missing": "bắt buộc phải có",
    "extra_forbidden": "không có mục này; hãy bỏ đi",
    "json_invalid": "không phải JSON đúng dạng",
    "string_type": _TEXT,
    "string_too_short": "cần ít nhất {min_length} ký tự",
    "string_too_long": "quá dài, tối đa {max_length} ký tự",
    "string_pattern_mismatch": "không đúng dạng, hoặc có ký tự điều khiển",
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _EITHER,
    "bool_parsing": _EITHER,
    "greater_than_equal": "phải từ {ge} trở lên",
    "greater_than": "phải lớn hơn {gt}",
    "less_than_equal": "phải từ {le} trở xuống",
    "less_than": "phải nhỏ hơn {lt}",
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "too_short": "cần ít nhất {min_length} mục",
    "too_long": "có {actual_length} mục, tối đa {max_length}",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "time_type": _HOUR,
    "time_parsing": _HOUR,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": "phải kèm múi giờ, ví dụ +07:00",
}
"""By pydantic's names of its errors, with its values in braces. What stands not here is said by whoever found it."""


def said(wrong: ErrorDetails) -> str:
    """One of ValidationError.errors(), as half a sentence without its dot."""
    sentence = SAID.get(wrong["type"])
    if sentence is None:
        return wrong["msg"]
    return sentence.format_map(
        {name: str(value).replace(" or ", " hoặc ") for name, value in wrong.get("ctx", {}).items()}
    )
