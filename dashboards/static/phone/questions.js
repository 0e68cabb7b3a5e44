/**
 * The questions, one open and the others folded to answer and receipt: stage, senses, count, and people one by one.
 *
 * @file
 */

import { ALL_GOOD, SENSES, STAGES, WORDS, headsInWords, nextStage, othersInWords, sensesInWords } from "./acts.js";
import { isMeasured } from "./desk.js";
import { judge } from "./figures.js";
import { hour } from "./hours.js";
import { receiptLine, receiptOrUndo } from "./receipts.js";
import { el, sign } from "./see.js";
import { ROUND, ROUND_SHORT, SENSE, STAGE, WORD, t } from "./words.js";

/**
 * @typedef {import("./acts.js").Stage} Stage
 * @typedef {import("./acts.js").Senses} Senses
 * @typedef {import("./acts.js").Said} Said
 * @typedef {import("./acts.js").Round} Round
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").Standing} Standing
 * @typedef {import("./desk.js").RoundStands} RoundStands
 *
 * @typedef {"stage" | "senses" | "count"} Question
 * @typedef {{
 *   desk: Desk, stands: Standing, now_ms: number,
 *   open: Question | null, every: boolean,
 *   chosen: Partial<Senses>,
 *   ending: boolean,
 *   isFresh: (noted_ms: number) => boolean,
 *   mayAct: boolean,
 * }} View `every`: all steps are listed; `ending`: asked whether the hall really ends
 * @typedef {{
 *   say: (said: Said) => void,
 *   open: (question: Question, every: boolean) => void,
 *   fold: () => void,
 *   choose: (sense: keyof Senses, word: import("./acts.js").Word) => void,
 *   count: (round: Round) => void,
 *   people: (way: "scan" | "list" | "code") => void,
 *   stage: (stage: Stage) => void,
 *   cancelEnd: () => void,
 * }} Does
 */

/**
 * A question that is not open: its title over the answer, the way to change that beside it, and what else there is below.
 *
 * @param {string} id
 * @param {string} title
 * @param {Array<import("./see.js").Child>} answer
 * @param {HTMLElement | null} change
 * @param {Array<import("./see.js").Child>} below
 */
function folded(id, title, answer, change, below) {
  return el(
    "section.question",
    { "aria-labelledby": id },
    el("div.fold", {}, el("div.said", {}, el("h2.past", { id }, title), ...answer), change),
    ...below,
  );
}

/** @param {View} view @param {Does} does */
export function stageQuestion(view, does) {
  const { stands, desk } = view;
  const title = "1. " + t("Điểm cầu đang ở bước nào");
  const next = nextStage(stands.stage, isMeasured(desk));
  const answer = [
    el("p.answer", {}, t(STAGE[stands.stage || "not_opened"])),
    receiptOrUndo(stands.stageReceipt, stands.stageOwn, view, does),
  ];
  if (view.ending) return ending(view, does, title);
  if (view.open !== "stage" || !view.mayAct) {
    const change = el("button.change", { "data-key": "stage", onclick: () => does.open("stage", true) }, t("Đổi"));
    const below = next !== null && next !== "ended" && stands.stage !== null;
    return folded("q-stage", title, answer, view.mayAct ? change : null, [
      below &&
        view.mayAct &&
        el(
          "button.quiet",
          { "data-key": "stage-next", onclick: () => does.stage(next) },
          t("Tiếp theo: {step}", { step: t(STAGE[next]) }),
        ),
    ]);
  }
  const steps = view.every || next === null ? STAGES : [next];
  return el(
    "section.question.open",
    { "aria-labelledby": "q-stage" },
    el("h2", { id: "q-stage" }, title),
    ...(stands.stage === null ? [] : answer),
    el(
      "div.steps",
      {},
      ...steps.map((step) =>
        el(
          step === next ? "button.big" : "button.quiet",
          {
            "data-key": "step-" + step,
            "aria-current": step === stands.stage ? "step" : null,
            onclick: () => does.stage(step),
          },
          step === stands.stage && sign("check"),
          el("span", {}, t(STAGE[step])),
        ),
      ),
    ),
    view.every
      ? el("button.plain", { "data-key": "stage", onclick: () => does.fold() }, t("Thôi"))
      : el("button.plain", { "data-key": "stage", onclick: () => does.open("stage", true) }, t("Bước khác")),
  );
}

/** @param {View} view @param {Does} does @param {string} title */
function ending(view, does, title) {
  const round = view.stands.rounds[view.stands.rounds.length - 1];
  const missing = round !== undefined && round.heads === null ? round : null;
  return el(
    "section.question.open",
    { "aria-labelledby": "q-stage" },
    el("h2", { id: "q-stage" }, title),
    el(
      "p.careful",
      {},
      sign("warning"),
      el(
        "span",
        {},
        missing
          ? t("Chưa báo {round}. Kết thúc rồi thì không báo được nữa.", { round: t(ROUND[missing.round]).toLowerCase() })
          : t("Kết thúc rồi thì không báo thêm được nữa."),
      ),
    ),
    el(
      "div.steps",
      {},
      missing &&
        el(
          "button.big",
          { "data-key": "end-count", onclick: () => does.count(missing.round) },
          t("Báo {round}", { round: t(ROUND[missing.round]).toLowerCase() }),
        ),
      el(
        missing ? "button.quiet" : "button.big",
        { "data-key": "end-yes", onclick: () => does.say({ kind: "stage", stage: "ended" }) },
        t("Kết thúc điểm cầu"),
      ),
      el("button.plain", { "data-key": "end-no", onclick: () => does.cancelEnd() }, t("Chưa kết thúc")),
    ),
  );
}

/** @param {View} view @param {Does} does */
export function sensesQuestion(view, does) {
  const { stands, desk, chosen } = view;
  const title = "2. " + t("Tín hiệu, hình ảnh, âm thanh");
  if (view.open !== "senses" || !view.mayAct) {
    const answer = stands.senses
      ? [el("p.answer", {}, sensesInWords(stands.senses)), receiptOrUndo(stands.sensesReceipt, stands.sensesOwn, view, does)]
      : [el("p.answer.none", {}, t("Chưa báo"))];
    const label = stands.senses ? t("Đổi") : t("Báo");
    return folded(
      "q-senses",
      title,
      answer,
      view.mayAct ? el("button.change", { "data-key": "senses", onclick: () => does.open("senses", false) }, label) : null,
      [],
    );
  }
  const left = SENSES.filter((sense) => !chosen[sense]);
  return el(
    "section.question.open",
    { "aria-labelledby": "q-senses" },
    el("h2", { id: "q-senses" }, title),
    !isMeasured(desk) &&
      el("p.note", {}, desk.point.mode === "tv" ? t("Theo dõi qua truyền hình, không đo đường truyền") : t("Theo dõi qua phát thanh, không đo đường truyền")),
    el(
      "button.big",
      { "data-key": "all-good", onclick: () => does.say(Object.assign({ kind: /** @type {"perceived"} */ ("perceived") }, ALL_GOOD)) },
      sign("check"),
      el("span", {}, t("Tất cả tốt")),
    ),
    ...SENSES.map((sense) =>
      el(
        "div.sense",
        { role: "group", "aria-labelledby": "sense-" + sense },
        el("p", { id: "sense-" + sense }, t(SENSE[sense])),
        el(
          "div.three",
          {},
          ...WORDS.map((word) =>
            el(
              "button.choice",
              {
                "data-key": sense + "-" + word,
                "aria-pressed": String(chosen[sense] === word),
                onclick: () => does.choose(sense, word),
              },
              t(WORD[word]),
            ),
          ),
        ),
      ),
    ),
    left.length === 0
      ? el(
          "button.big",
          {
            "data-key": "senses-send",
            onclick: () => does.say({ kind: "perceived", line: chosen.line || "none", picture: chosen.picture || "none", sound: chosen.sound || "none" }),
          },
          t("Gửi"),
        )
      : left.length < SENSES.length &&
          el("p.note", {}, t("Chọn thêm: {what}", { what: left.map((sense) => t(SENSE[sense]).toLowerCase()).join(", ") })),
    stands.senses && el("button.plain", { "data-key": "senses", onclick: () => does.fold() }, t("Thôi")),
  );
}

/** @param {View} view @param {Does} does */
export function countQuestion(view, does) {
  const { stands, desk } = view;
  const now = stands.rounds.find((each) => each.round === desk.round);
  const earlier = stands.rounds.filter((each) => each !== now && (each.heads !== null || each.opens_ms <= view.now_ms));
  const list = earlier.length > 0 && el("ul.rounds", {}, ...earlier.map((each) => otherRound(each, view, does)));
  if (now === undefined) {
    return folded("q-count", "3. " + t("Quân số"), [el("p.answer.none", {}, t("Chưa đến lượt báo"))], null, [list]);
  }
  const title = "3. " + t(ROUND[now.round]);
  if (now.heads === null) {
    const isOpen = now.opens_ms <= view.now_ms;
    const due = dueLine(now, view.now_ms);
    if (view.open !== "count" || !view.mayAct) {
      const change = el("button.change", { "data-key": "count", onclick: () => does.count(now.round) }, t("Báo"));
      const when = isOpen ? due : el("p.answer.none", {}, t("Mở lúc {opens}, hạn {due}", { opens: hour(now.opens_ms), due: hour(now.due_ms) }));
      return folded("q-count", title, [when], view.mayAct ? change : null, [list]);
    }
    return el(
      "section.question.open",
      { "aria-labelledby": "q-count" },
      el("h2", { id: "q-count" }, title),
      due,
      el("button.big", { "data-key": "count", onclick: () => does.count(now.round) }, t("Nhập quân số")),
      list,
    );
  }
  const next = stands.rounds.find((each) => each.opens_ms > view.now_ms && each !== now);
  const of = desk.expected === null ? "" : " / " + desk.expected;
  const others = othersInWords(now.heads, desk.expected);
  const change = el("button.change", { "data-key": "count", onclick: () => does.count(now.round) }, t("Sửa"));
  return folded(
    "q-count",
    title,
    [
      el("p.answer", {}, t("{n} có mặt", { n: now.heads.present }) + of),
      others !== "" && el("p.note", {}, others),
      receiptOrUndo(now.receipt, now.own, view, does, now.late ? " · " + t("sau hạn") : ""),
    ],
    view.mayAct && now.grade !== "quarantined" ? change : null,
    [
      ...doubt(now, view, does),
      list,
      next && el("p.note.next", {}, t("Lượt sau: {round}, mở lúc {opens}", { round: t(ROUND[next.round]).toLowerCase(), opens: hour(next.opens_ms) })),
    ],
  );
}

/**
 * @param {RoundStands} round @param {View} view @param {Does} does
 * @returns {Array<import("./see.js").Child>}
 */
function doubt(round, view, does) {
  if (round.heads === null) return [];
  const { why } = judge(round.heads, { expected: view.desk.expected, seats: view.desk.point.seats, before: before(view.stands, round.round) });
  if (round.proxy !== null) {
    const act = round.proxy;
    return [
      el("p.careful", {}, sign("warning"), el("span", {}, t("Trung tâm nhập thay. Số này có đúng không?"))),
      view.mayAct && el("button.quiet", { "data-key": "confirm", onclick: () => does.say({ kind: "confirm", act }) }, t("Đúng số này")),
    ];
  }
  if (round.grade === "quarantined") {
    return [
      el(
        "div.careful",
        {},
        sign("warning"),
        el("div", {}, el("strong", {}, t("Số liệu đang chờ xác nhận")), el("p", {}, (why ? why + ". " : "") + t("Chưa tính vào tổng."))),
      ),
      view.mayAct && el("button.big", { "data-key": "mend", onclick: () => does.count(round.round) }, t("Sửa số liệu")),
    ];
  }
  if (round.differing !== null) return [differing(round.differing, view, does)];
  return [round.grade === "warned" && why !== "" && el("p.careful.slight", {}, sign("warning"), el("span", {}, why))];
}

/**
 * Two phones of one hall, two numbers: both are shown with their hours, and one of them is said to be right.
 *
 * @param {[import("./desk.js").Said, import("./desk.js").Said]} both @param {View} view @param {Does} does
 */
function differing(both, view, does) {
  return el(
    "div.differing",
    {},
    el("p.careful", {}, sign("warning"), el("span", {}, el("strong", {}, t("Khác nhau")), ": " + t("hai máy của hội trường báo hai số."))),
    el(
      "ul.rounds",
      {},
      ...both.map((said) =>
        el(
          "li",
          {},
          el("div.said", {}, el("p", {}, el("strong", {}, headsInWords(said.heads))), el("p.note", {}, t("Báo lúc {time}", { time: hour(said.at_ms) }))),
          view.mayAct &&
            el(
              "button.change",
              {
                "data-key": "right-" + said.act,
                "aria-label": t("Đúng số này") + ": " + headsInWords(said.heads),
                onclick: () => does.say({ kind: "confirm", act: said.act }),
              },
              t("Đúng số này"),
            ),
        ),
      ),
    ),
  );
}

/** @param {RoundStands} round @param {View} view @param {Does} does */
function otherRound(round, view, does) {
  const name = t(ROUND_SHORT[round.round]);
  const of = view.desk.expected === null ? "" : " / " + view.desk.expected;
  const said = round.heads === null ? t("Chưa báo") : t("{n} có mặt", { n: round.heads.present }) + of;
  return el(
    "li",
    {},
    el(
      "div.said",
      {},
      el("p", {}, name + ": ", el("strong", {}, said)),
      round.grade === "quarantined"
        ? el("p.note.amber", {}, t("Số liệu đang chờ xác nhận"))
        : round.differing !== null
          ? el("p.note.amber", {}, t("Khác nhau") + ": " + round.differing.map((said) => String(said.heads.present)).join(" / "))
          : receiptLine(round.receipt, view.isFresh, round.late ? " · " + t("sau hạn") : ""),
    ),
    view.mayAct &&
      el(
        "button.change",
        {
          "data-key": "count-" + round.round,
          "aria-label": (round.heads ? t("Sửa") : t("Báo")) + " " + t(ROUND[round.round]).toLowerCase(),
          onclick: () => does.count(round.round),
        },
        round.heads ? t("Sửa") : t("Báo"),
      ),
  );
}

/** @param {RoundStands} round @param {number} now_ms */
function dueLine(round, now_ms) {
  const left_min = Math.ceil((round.due_ms - now_ms) / 60000);
  const due = hour(round.due_ms);
  if (left_min <= 0) return el("p.answer.amber", {}, t("Đã quá hạn {due}", { due }));
  return left_min <= 60
    ? el("p.answer.none", {}, t("Hạn {due}, còn {n} phút", { due, n: left_min }))
    : el("p.answer.none", {}, t("Hạn {due}", { due }));
}

/**
 * @param {Standing} stands
 * @param {Round} round
 * @returns {number | null} how many were present in the round before, as far as that figure counts
 */
export function before(stands, round) {
  const place = stands.rounds.findIndex((each) => each.round === round);
  const last = place > 0 ? stands.rounds[place - 1] : undefined;
  return last && last.heads && last.grade !== "quarantined" ? last.heads.present : null;
}

/**
 * People one by one, where a city wants names: beside the head count and never added to it.
 *
 * @param {View} view @param {Does} does
 */
export function peopleQuestion(view, does) {
  const { desk, stands } = view;
  const of = desk.expected === null ? "" : " / " + desk.expected;
  return el(
    "section.question",
    { "aria-labelledby": "q-people" },
    el("h2.past", { id: "q-people" }, "4. " + t("Điểm danh từng người")),
    el("p.answer", {}, t("Đã quét {n}", { n: stands.scanned }) + of),
    el("p.note", {}, t("Không cộng vào quân số ở mục 3.")),
    view.mayAct &&
      el(
        "div.steps",
        {},
        el("button.quiet", { "data-key": "scan", onclick: () => does.people("scan") }, t("Quét thẻ")),
        el(
          "div.pair",
          {},
          el("button.quiet", { "data-key": "list", onclick: () => does.people("list") }, t("Không có thẻ")),
          el("button.quiet", { "data-key": "code", onclick: () => does.people("code") }, t("Mã của hội trường")),
        ),
      ),
  );
}
