// What the pages of operations say.
import { counted } from '../../shared/format';
import type { FigureName } from './report_figures';

const en = {
  refresh: 'Refresh', none: 'None.', at: 'At', yes: 'yes', no: 'no', node: 'Node', name: 'Name', reason: 'Reason', by: 'By', show: 'Show',
  nodes: {
    title: 'Nodes', thisNode: 'This node', health: 'Health of this node', dependency: 'Dependency', status: 'Status', required: 'Required', latency: 'Latency', up: 'up', down: 'down',
    lease: 'Lease until', epoch: 'Epoch', live: 'live', dead: 'not live', written: 'Events written', published: 'Published', unpublished: 'Unpublished', state: 'State',
    pool: 'Connections to the database', poolText: (a: string, m: string) => `${a} of ${m} in use`, stuck: (n: string) => `${counted(n, 'saga')} ${n === '1' ? 'is' : 'are'} stuck`, noStuck: 'No saga is stuck.', showStuck: 'Show them', loginNeeded: 'Leases of nodes are shown to admins.',
  },
  participants: {
    title: 'Participants', hint: 'What this node has seen of the participants since it started. A breaker that is open leaves a participant alone that fails.', participant: 'Participant', definition: 'Definition', breaker: 'Breaker', open: 'open', closed: 'closed', calls: 'Calls', failures: 'Failures', running: 'Running', waiting: 'Waiting', mean: 'Mean time', sagas: 'Its sagas',
  },
  locks: { title: 'Locks', hint: 'All locks that are held, oldest first.', key: 'Key', holder: 'Holder', token: 'Fencing token', left: 'Time left', since: 'Since', none: 'No lock is held.' },
  stock: { title: 'Stock', kind: 'Kind', kinds: { product: 'Products', item: 'Items', balance: 'Balances', slots: 'Slots' } as Record<string, string>, id: 'Id', available: 'Available', reserved: 'Reserved', sold: 'Sold', sum: 'Sum', none: 'There is no stock of this kind.', more: 'More', first: 'From the beginning' },
  messages: {
    title: 'Messages', topics: 'Topics', groups: 'Consumer groups', topic: 'Topic', group: 'Group', partitions: 'Partitions', count: 'Messages', state: 'State', lag: 'Lag', committed: 'Committed', end: 'End', partition: 'Partition', offset: 'Offset', key: 'Key', value: 'Value', headers: 'Headers', bytes: 'Bytes', older: 'Older', newest: 'Newest', cut: 'The beginning of a longer message.', notText: 'Not text.', empty: 'No messages.', all: 'All', noKafka: 'This node has no Kafka: its events stay in its database.', one: (t: string) => `Topic ${t}`,
  },
  dead: {
    title: 'Dead letters', hint: 'Messages that no consumer understood, kept with the reason.', none: 'There are none.', topic: 'Topic', redeliver: 'Redeliver', discard: 'Discard', selected: (n: string) => `${n} selected`, selectAll: 'Select all', select: (id: string) => `Select ${id}`, willRedeliver: 'Each selected message is sent to its topic again, and consumed as if it were new.', willDiscard: 'The selected messages are not shown again and never consumed.', done: (ok: string, all: string) => `${ok} of ${all} done`, failed: 'Not done', value: 'Message',
  },
  definitions: { title: 'Definitions', one: (n: string) => `Definition ${n}`, version: 'Version', mode: 'Mode', pivot: 'Pivot', steps: 'Steps', published: 'Published', builtIn: 'built in', retired: 'retired', limit: 'Time limit', sagas: 'Its sagas', graph: 'Steps and their order', step: 'Step', action: 'Action', undo: 'Undo', timeout: 'Timeout', retries: 'Tries again for', source: 'As it was published', versions: 'Versions', participant: 'Participant' },
  audit: { title: 'Audit', hint: 'What people asked for, newest first.', action: 'Action', saga: 'Saga', within: 'Time', times: { '1h': 'The last hour', '24h': 'The last day', '168h': 'The last week', '': 'All' } as Record<string, string>, none: 'Nobody asked for anything.' },
  reports: {
    title: 'Load tests', hint: 'Results that were given to this node, newest first:', none: 'There are none yet.', summary: 'Summary', compare: 'Compare the selected', select: (n: string) => `Select ${n}`, one: 'Load test', many: (n: number) => `${n} load tests side by side`, verdict: 'Verdicts', figure: 'Figures', raw: 'The whole result', remove: 'Delete', removed: 'Deleted.', pickTwo: 'Select two or more to compare them.', notCounted: 'not counted', best: 'best',
    figures: { sent: 'Requests sent', accepted: 'Accepted', duplicates: 'Duplicates', rejected: 'Rejected', failed: 'Failed', transportErrors: 'Transport errors', acceptedPerSecond: 'Accepted per second', completedPerSecond: 'Completed per second', responseP50: 'Response time p50', responseP90: 'Response time p90', responseP99: 'Response time p99', responseMax: 'Response time max', serviceP99: 'Service time p99', sagaP50: 'Saga time p50', sagaP99: 'Saga time p99' } as Record<FigureName, string>,
  },
};

const ko: typeof en = {
  refresh: '새로 고침', none: '없음.', at: '시각', yes: '예', no: '아니요', node: '노드', name: '이름', reason: '이유', by: '요청자', show: '보기',
  nodes: {
    title: '노드', thisNode: '이 노드', health: '이 노드의 상태', dependency: '의존 서비스', status: '상태', required: '필수', latency: '지연', up: '정상', down: '중단',
    lease: '임대 만료', epoch: '에포크', live: '작동', dead: '작동 안 함', written: '기록한 이벤트', published: '발행', unpublished: '미발행', state: '상태',
    pool: '데이터베이스 연결', poolText: (a, m) => `${m}개 중 ${a}개 사용 중`, stuck: (n) => `사가 ${n}개가 멈춰 있습니다`, noStuck: '멈춘 사가가 없습니다.', showStuck: '보기', loginNeeded: '노드의 임대는 관리자만 볼 수 있습니다.',
  },
  participants: {
    title: '참여자', hint: '이 노드가 시작된 뒤 참여자에 대해 본 것입니다. 차단기가 열려 있으면 실패하는 참여자를 부르지 않습니다.', participant: '참여자', definition: '정의', breaker: '차단기', open: '열림', closed: '닫힘', calls: '호출', failures: '실패', running: '진행 중', waiting: '대기', mean: '평균 시간', sagas: '관련 사가',
  },
  locks: { title: '잠금', hint: '보유 중인 모든 잠금, 오래된 순.', key: '키', holder: '보유자', token: '펜싱 토큰', left: '남은 시간', since: '시작', none: '보유 중인 잠금이 없습니다.' },
  stock: { title: '재고', kind: '종류', kinds: { product: '상품', item: '아이템', balance: '잔액', slots: '슬롯' }, id: 'ID', available: '가용', reserved: '예약', sold: '판매', sum: '합계', none: '이 종류의 재고가 없습니다.', more: '더 보기', first: '처음부터' },
  messages: {
    title: '메시지', topics: '토픽', groups: '컨슈머 그룹', topic: '토픽', group: '그룹', partitions: '파티션', count: '메시지', state: '상태', lag: '지연', committed: '커밋', end: '끝', partition: '파티션', offset: '오프셋', key: '키', value: '값', headers: '헤더', bytes: '바이트', older: '이전', newest: '최신', cut: '긴 메시지의 앞부분입니다.', notText: '텍스트가 아닙니다.', empty: '메시지가 없습니다.', all: '전체', noKafka: '이 노드에는 Kafka가 없습니다. 이벤트는 데이터베이스에 남습니다.', one: (t) => `토픽 ${t}`,
  },
  dead: {
    title: '처리 불가 메시지', hint: '어떤 컨슈머도 이해하지 못해 이유와 함께 보관된 메시지입니다.', none: '없습니다.', topic: '토픽', redeliver: '다시 전달', discard: '폐기', selected: (n) => `${n}개 선택`, selectAll: '모두 선택', select: (id) => `${id} 선택`, willRedeliver: '선택한 메시지를 토픽으로 다시 보내 새 메시지처럼 처리합니다.', willDiscard: '선택한 메시지는 더 이상 보이지 않으며 처리되지 않습니다.', done: (ok, all) => `${all}개 중 ${ok}개 완료`, failed: '실패', value: '메시지',
  },
  definitions: { title: '정의', one: (n) => `정의 ${n}`, version: '버전', mode: '방식', pivot: '피벗', steps: '단계', published: '게시', builtIn: '내장', retired: '폐기', limit: '시간 제한', sagas: '관련 사가', graph: '단계와 순서', step: '단계', action: '실행', undo: '취소', timeout: '제한 시간', retries: '재시도 기간', source: '게시된 그대로', versions: '버전', participant: '참여자' },
  audit: { title: '감사', hint: '사람이 요청한 작업, 최신순.', action: '작업', saga: '사가', within: '기간', times: { '1h': '최근 1시간', '24h': '최근 하루', '168h': '최근 일주일', '': '전체' }, none: '요청된 작업이 없습니다.' },
  reports: {
    title: '부하 테스트', hint: '이 노드에 전달된 결과, 최신순:', none: '아직 없습니다.', summary: '요약', compare: '선택한 것 비교', select: (n) => `${n} 선택`, one: '부하 테스트', many: (n) => `부하 테스트 ${n}개 비교`, verdict: '판정', figure: '수치', raw: '전체 결과', remove: '삭제', removed: '삭제했습니다.', pickTwo: '둘 이상 선택하면 비교합니다.', notCounted: '제외', best: '최고',
    figures: { sent: '보낸 요청', accepted: '수락', duplicates: '중복', rejected: '거절', failed: '실패', transportErrors: '전송 오류', acceptedPerSecond: '초당 수락', completedPerSecond: '초당 완료', responseP50: '응답 시간 p50', responseP90: '응답 시간 p90', responseP99: '응답 시간 p99', responseMax: '응답 시간 최대', serviceP99: '서비스 시간 p99', sagaP50: '사가 시간 p50', sagaP99: '사가 시간 p99' },
  },
};

export const operationTexts = { en, ko };
