"""Names for paths that lead somewhere in the city that is knocked at."""

from tests.flows.house import CONFERENCE
from tests.matrix.city import CLUSTER, ELSEWHERE

THERE = {
    "conference": [CONFERENCE, CONFERENCE, ELSEWHERE],
    "code": ["00178-01", "00178-09", "00004-01", "01-01"],
    "number": ["1", "2", "3"],
    "username": ["spare-viewer", "staff-00178", "spare-coordinator"],
    "cluster": [CLUSTER],
    "person": ["0000000000"],
}
