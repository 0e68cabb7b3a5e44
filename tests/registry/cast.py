"""A small Hà Nội that the registry's tests speak of."""

from datetime import UTC, date, datetime

from endpoints_registry.sheets import Sheet

DAY = date(2026, 3, 7)
NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)

UNITS = """\
code,name,level,parent_code
01,Thành phố Hà Nội,city,
001,Quận Ba Đình,district,01
271,Huyện Ba Vì,district,01
268,Quận Hà Đông,district,01
006,Quận Đống Đa,district,01
00004,Phường Trúc Bạch,ward,001
00008,Phường Vĩnh Phúc,ward,001
09619,Thị trấn Tây Đằng,township,271
09538,Phường Hà Cầu,ward,268
"""

POINTS = """\
code,unit_code,name,type,hall_address,seats,reception_mode,area,provider,feeder,chair_name,chair_phone,operator_name,operator_phone
01-01,01,Hội trường Thành ủy,city_hall,Số 4 Lê Lai,400,main_hall,Hoàn Kiếm,Viettel,471 E1.9,Nguyễn Văn An,0900 000 001,Trần Thị Bình,0900 000 002
001-01,001,Quận Ba Đình,district,25 Liễu Giai,200,two_way,Ba Đình,VNPT,472 E1.9,Lê Chi,0900 000 003,,
00004-01,00004,Phường Trúc Bạch,commune,2 Trấn Vũ,120,two_way,Ba Đình,VNPT,472 E1.9,,,Phạm Dung,0900 000 004
00004-02,00004,Nhà văn hóa Trúc Bạch,extra_hall,5 Trấn Vũ,60,tv,Ba Đình,,,,,,
09619-01,09619,Thị trấn Tây Đằng,commune,Phố Gạch,80,stream,Ba Vì,FPT,475 E7.1,,,,
"""


def sheet(text: str, title: str = "") -> Sheet:
    """A table as it would come out of a CSV file."""
    header, *rows = (tuple(line.split(",")) for line in text.strip().splitlines())
    return Sheet(title, header, tuple(rows))
