// What is said of one saga.
import { counted } from '../../shared/format';

const en = {
  title: (id: string) => `Saga ${id}`, steps: 'Steps', graphLabel: 'Graph of the steps', timeline: 'Time line', calls: 'Calls to participants', events: 'Events', input: 'Input', result: 'Result', kept: 'Kept values', audit: 'Audit', reserved: 'Reserved and paid', lock: 'Lock and idempotency key', about: 'About',
  definition: 'Definition', version: (n: number) => `version ${n}`, status: 'Status', started: 'Started', changed: 'Changed', took: 'Took', owner: 'Driven by', correlation: 'Correlation id', trace: 'Trace id', key: 'Idempotency key', nextTry: 'Next try', error: 'Error', retries: 'Retries by operators', retriedFrom: (step: string) => `from ${step}`, order: 'Order', items: 'Items', total: 'Total', manual: 'This saga does not go on by itself: a person has to decide.',
  download: 'Save as JSON', pivot: 'Pivot: after this step the saga only goes forward', afterSteps: (s: string) => `after ${s}`,
  step: 'Step', tries: 'Tries', attempt: 'Execution', participant: 'Participant', inDoubt: 'In doubt', waitsUntil: 'Waits until', node: 'Node', what: 'What', begins: 'Begins', lasts: 'Lasts', asTable: 'As a table', failed: 'Failed',
  kinds: { do: 'Action', undo: 'Undo', question: 'Question', backoff: 'Waits to try again', wait: 'Waits for an answer' },
  outcomes: { done: 'done', refused: 'refused', again: 'to be tried again', unknown: 'unknown outcome', 'under way': 'under way' } as Record<string, string>,
  tryNumber: (n: number, execution: number) => (execution > 1 ? `execution ${execution}, try ${n}` : `try ${n}`), at: (t: string) => `at ${t}`, lasting: (t: string) => `takes ${t}`,
  ganttLabel: (rows: number, length: string) => `${rows} steps over ${length}; the table below has the same`, onNode: (n: string) => `on ${n}`,
  request: 'Request', answer: 'Answer', noRequest: 'Its values are not known any more.', noAnswer: 'No answer', noCalls: 'No participant was called.', allCalls: (n: string) => `Show all ${n} calls`, allEvents: (n: string) => counted(n, 'event'), event: 'Event', data: 'Data', httpStatus: 'Status',
  kind: 'Kind', quantity: 'Items', expires: 'Expires', payments: 'Payments', amount: 'Amount', method: 'Method', transaction: 'Transaction', reason: 'Reason', reservations: 'Reservations', nothingReserved: 'Nothing was reserved or paid.',
  lockKey: 'Lock', lockFree: 'free', lockHeld: (holder: string, token: string) => `held by ${holder}, fencing token ${token}`, grantedToken: (t: string) => `granted with fencing token ${t}`, noKey: 'Started without a key.',
  lra: 'Long running action', lraId: 'Id', nestedIn: 'Nested in', nested: 'nested LRA', nobodyJoined: 'Nobody has joined it.', joined: 'Participants', where: 'Where', joinedAt: 'Joined', leftAt: 'Left', ofItsOwn: (name: string) => `${name}: made by those who joined`, lraParts: { acts: '', listens: 'hears the end', forgets: 'may forget' },
  auditBy: 'By', auditAction: 'Action', auditNone: 'No person has acted on it.', when: 'When',
  actions: { retry: 'Retry', compensate: 'Compensate', cancel: 'Cancel', skip: 'Skip a step', answer: 'Answer' },
  will: {
    retry: (step: string, kept: string) => `Runs again from ${step}.${kept ? ` In effect and kept: ${kept}.` : ''}`,
    undo: (steps: string) => (steps ? `Undone, in this order: ${steps}. Then the saga is compensated.` : 'No step is in effect: the saga ends as compensated.'),
    skip: (step: string) => `${step} counts as done without asking its participant; the saga goes on with the steps after it.`,
    answer: (step: string) => `Answers ${step} in place of its participant, or of the person it waits for.`,
    skipUndo: (step: string) => `${step} counts as undone without asking its participant; the saga goes back to the steps before it.`,
    answerUndo: (step: string) => `Answers for the undo of ${step} in place of its participant.`,
    changed: 'The saga has changed since this page was read; nothing was done. It is shown as it is now: look, then decide again.',
  },
  outcome: 'Outcome', outcomeChoices: { done: 'Done', refused: 'Refused', again: 'Try again later' }, body: 'Body, as JSON', bodyHint: 'The step keeps of it what its definition names.', bodyWrong: 'This is not JSON.', recharge: 'Charge the refunded payment again', reasonHint: 'Kept in the audit.', reasonNeeded: 'Say why.',
  doIt: { retry: 'Retry', compensate: 'Compensate', cancel: 'Cancel the saga', skip: 'Skip the step', answer: 'Answer' }, done: (action: string) => `${action}: accepted`, whatHappens: 'What will happen',
};

const ko: typeof en = {
  title: (id) => `사가 ${id}`, steps: '단계', graphLabel: '단계 그래프', timeline: '타임라인', calls: '참여자 호출', events: '이벤트', input: '입력', result: '결과', kept: '보관된 값', audit: '감사', reserved: '예약과 결제', lock: '잠금과 멱등성 키', about: '정보',
  definition: '정의', version: (n) => `버전 ${n}`, status: '상태', started: '시작', changed: '변경', took: '소요', owner: '담당 노드', correlation: '상관관계 ID', trace: '추적 ID', key: '멱등성 키', nextTry: '다음 시도', error: '오류', retries: '운영자의 재시도', retriedFrom: (step) => `${step}부터`, order: '주문', items: '품목', total: '합계', manual: '이 사가는 스스로 계속되지 않습니다. 사람이 결정해야 합니다.',
  download: 'JSON으로 저장', pivot: '피벗: 이 단계 이후 사가는 앞으로만 진행합니다', afterSteps: (s) => `${s} 다음`,
  step: '단계', tries: '시도', attempt: '실행', participant: '참여자', inDoubt: '결과 불확실', waitsUntil: '대기 종료', node: '노드', what: '내용', begins: '시작', lasts: '길이', asTable: '표로 보기', failed: '실패',
  kinds: { do: '실행', undo: '취소', question: '질문', backoff: '재시도 대기', wait: '응답 대기' },
  outcomes: { done: '완료', refused: '거절', again: '다시 시도', unknown: '결과 불명', 'under way': '처리 중' },
  tryNumber: (n, execution) => (execution > 1 ? `실행 ${execution}, 시도 ${n}` : `시도 ${n}`), at: (t) => `${t} 시점`, lasting: (t) => `${t} 걸림`,
  ganttLabel: (rows, length) => `${length} 동안의 단계 ${rows}개; 아래 표에 같은 내용이 있습니다`, onNode: (n) => `노드 ${n}`,
  request: '요청', answer: '응답', noRequest: '값을 더 이상 알 수 없습니다.', noAnswer: '응답 없음', noCalls: '호출한 참여자가 없습니다.', allCalls: (n) => `호출 ${n}개 모두 보기`, allEvents: (n) => `이벤트 ${n}개`, event: '이벤트', data: '데이터', httpStatus: '상태',
  kind: '종류', quantity: '품목', expires: '만료', payments: '결제', amount: '금액', method: '수단', transaction: '거래', reason: '이유', reservations: '예약', nothingReserved: '예약이나 결제가 없습니다.',
  lockKey: '잠금', lockFree: '비어 있음', lockHeld: (holder, token) => `${holder} 보유, 펜싱 토큰 ${token}`, grantedToken: (t) => `펜싱 토큰 ${t}로 획득`, noKey: '키 없이 시작했습니다.',
  lra: '장기 실행 작업 (LRA)', lraId: 'ID', nestedIn: '상위 LRA', nested: '중첩 LRA', nobodyJoined: '참여자가 없습니다.', joined: '참여자', where: '위치', joinedAt: '참여', leftAt: '탈퇴', ofItsOwn: (name) => `${name}: 참여자들이 정함`, lraParts: { acts: '', listens: '종료 통지', forgets: '잊어도 됨' },
  auditBy: '요청자', auditAction: '작업', auditNone: '사람이 한 작업이 없습니다.', when: '시각',
  actions: { retry: '재시도', compensate: '보상', cancel: '취소', skip: '단계 건너뛰기', answer: '응답' },
  will: {
    retry: (step, kept) => `${step}부터 다시 실행합니다.${kept ? ` 적용된 채 유지: ${kept}.` : ''}`,
    undo: (steps) => (steps ? `다음 순서로 취소합니다: ${steps}. 그 뒤 사가는 보상됨이 됩니다.` : '적용된 단계가 없습니다. 사가는 보상됨으로 끝납니다.'),
    skip: (step) => `참여자에게 묻지 않고 ${step}을(를) 완료로 봅니다. 사가는 다음 단계로 진행합니다.`,
    answer: (step) => `참여자나 기다리는 사람을 대신해 ${step}에 응답합니다.`,
    skipUndo: (step) => `참여자에게 묻지 않고 ${step}을(를) 취소된 것으로 봅니다. 사가는 이전 단계로 돌아갑니다.`,
    answerUndo: (step) => `참여자를 대신해 ${step}의 취소에 응답합니다.`,
    changed: '이 페이지를 읽은 뒤 사가가 바뀌어 아무것도 하지 않았습니다. 현재 상태를 확인하고 다시 결정하세요.',
  },
  outcome: '결과', outcomeChoices: { done: '완료', refused: '거절', again: '나중에 다시' }, body: '본문 (JSON)', bodyHint: '정의에 적힌 값을 단계가 보관합니다.', bodyWrong: 'JSON이 아닙니다.', recharge: '환불된 결제를 다시 청구', reasonHint: '감사 기록에 남습니다.', reasonNeeded: '이유를 적어 주세요.',
  doIt: { retry: '재시도', compensate: '보상', cancel: '사가 취소', skip: '단계 건너뛰기', answer: '응답' }, done: (action) => `${action}: 수락됨`, whatHappens: '일어날 일',
};

export const sagaTexts = { en, ko };
