// What the frame of the dashboard, the list and the overview say.
import { counted } from '../shared/format';

const en = {
  product: 'sagactl',
  nav: {
    label: 'Pages', sagas: 'Sagas', bulk: 'Bulk jobs', definitions: 'Definitions', nodes: 'Nodes', participants: 'Participants', messages: 'Messages',
    deadLetters: 'Dead letters', locks: 'Locks', stock: 'Stock', audit: 'Audit', reports: 'Load tests', api: 'API', metrics: 'Metrics', more: 'More',
  },
  node: (id: string) => `Node ${id}`,
  version: (v: string) => `sagactl ${v}`,
  zone: (name: string) => `Times in ${name}`,
  readOnly: 'Read only: this node’s pages change nothing',
  notFound: 'There is no such page', notFoundText: 'The address leads to nothing here.', toSagas: 'To the sagas',
  session: {
    title: 'Log in', email: 'E-mail address', password: 'Password', logIn: 'Log in', logOut: 'Log out',
    hint: 'On the machine of the node, this command opens these pages without a password:',
    codeFailed: 'This link was used before, or is older than a minute. Run the command again.',
    ended: 'The session has ended. Log in to see this page again.', roles: { admin: 'admin', merchant: 'merchant', customer: 'customer' } as Record<string, string>,
    noRight: 'Your account may not see this.',
  },
  live: { on: 'Live', hint: 'Show changes as they happen', states: { off: 'paused', connecting: 'connecting', on: 'live', polling: 'every 5 s' } },
  status: { started: 'In progress', completed: 'Completed', failed: 'Failed', compensating: 'Compensating', compensated: 'Compensated' },
  step: { pending: 'Not begun', running: 'In progress', succeeded: 'Done', failed: 'Failed', compensating: 'Being undone', compensated: 'Undone' },
  attention: 'Needs a person',
  overview: {
    title: 'Overview', show: 'Show overview', hide: 'Hide overview', total: 'All', rate: 'Completion rate', rateHint: 'of all that ended', ofDefinition: (name: string) => `of ${name}`,
    failures: 'Why sagas failed', failuresNone: 'No saga has failed or was compensated.',
    failuresPart: (looked: string, of: string) => `Of the newest ${looked} of ${of} that failed or were compensated.`,
    step: 'Step', error: 'Error', count: 'Sagas', latest: 'Latest', definition: 'Definition', status: 'Ended as', showThese: 'Show', retryThese: 'Retry all',
    showThem: (n: string, step: string) => `Show the ${n} sagas that failed at ${step}`, retryThem: (n: string, step: string) => `Retry all ${n} sagas that failed at ${step}`,
    hour: 'The last hour', throughput: 'Sagas that ended, per minute', latency: 'Time from start to end (ms)', perMinute: 'per minute', p50: 'median', p99: '99th percentile',
    chartHint: 'Arrow keys move over the minutes.', asTable: 'As a table', minute: 'Minute', startedColumn: 'Started',
    minuteSays: (at: string, completed: string, compensated: string, failed: string, p50: string, p99: string) =>
      `${at}: ${completed} completed, ${compensated} compensated, ${failed} failed; median ${p50}, 99th percentile ${p99}`,
    nothingYet: 'Nothing ended in the last hour.',
    compensation: 'What was undone', undone: 'Undone', undoing: 'Being undone', tries: 'Calls', mean: 'Mean time', compensationNone: 'Nothing was undone.',
  },
  list: {
    title: 'Sagas', found: (n: string) => counted(n, 'saga'), foundSome: 'Sagas', empty: 'No saga matches.', emptyAll: 'There is no saga yet.', emptyHint: 'Start one, for example:', clear: 'Clear filters',
    caption: 'Sagas, newest first', columns: 'Columns', perPage: 'Per page', next: 'Next', previous: 'Previous', first: 'First page', pages: 'Pages', refresh: 'Refresh',
    actOn: 'Act on all that match', tooWide: 'The filter matches too much to be listed; narrow it, for example by time or definition.',
    column: { status: 'Status', id: 'Saga', definition: 'Definition', step: 'Step', error: 'Error', key: 'Key', started: 'Started', took: 'Took', updated: 'Changed', node: 'Node', tries: 'Tries', correlation: 'Correlation id' },
  },
  filter: {
    label: 'Filter', status: 'Status', definition: 'Definition', any: 'Any', text: 'Search', textHint: 'Id or its first digits, key, trace id, or part of an error or input', since: 'Started', more: 'More filters', apply: 'Apply', clear: 'Clear',
    within: { '': 'At any time', '15m': 'Within 15 minutes', '1h': 'Within an hour', '24h': 'Within a day', '168h': 'Within a week', between: 'Between …' } as Record<string, string>,
    names: {
      status: 'Status', definition: 'Definition', version: 'Version', step: 'Step in progress', failedStep: 'Failed step', participant: 'Participant', error: 'Error contains', errorLike: 'Error like',
      key: 'Key', text: 'Search', id: 'Id begins with', node: 'Node', since: 'Started after', until: 'Started before', within: 'Started', olderThan: 'Older than', stuck: 'Stuck', retriesOver: 'Tries over', type: 'Type',
    } as Record<string, string>,
    stuck: 'Only those without progress for 60 s', remove: (what: string) => `Remove the filter ${what}`, active: 'Active filters',
    errorLikeHint: '* stands for any text',
  },
  views: { label: 'Views', all: 'All', failed: 'Failed', attention: 'Stuck', open: 'In progress', compensated: 'Compensated', save: 'Save this view', name: 'Name of the view', saved: 'Saved on this machine', remove: (name: string) => `Delete the view ${name}`, saveHint: 'Kept in this browser: the filter and the columns.' },
};

const ko: typeof en = {
  product: 'sagactl',
  nav: {
    label: '페이지', sagas: '사가', bulk: '일괄 작업', definitions: '정의', nodes: '노드', participants: '참여자', messages: '메시지',
    deadLetters: '처리 불가 메시지', locks: '잠금', stock: '재고', audit: '감사', reports: '부하 테스트', api: 'API', metrics: '지표', more: '더 보기',
  },
  node: (id) => `노드 ${id}`,
  version: (v) => `sagactl ${v}`,
  zone: (name) => `시간대: ${name}`,
  readOnly: '읽기 전용: 이 노드의 페이지는 아무것도 바꾸지 않습니다',
  notFound: '페이지가 없습니다', notFoundText: '이 주소에는 아무것도 없습니다.', toSagas: '사가 목록으로',
  session: {
    title: '로그인', email: '이메일 주소', password: '비밀번호', logIn: '로그인', logOut: '로그아웃',
    hint: '노드가 있는 컴퓨터에서는 다음 명령으로 비밀번호 없이 이 페이지를 엽니다:',
    codeFailed: '이미 사용했거나 1분이 지난 링크입니다. 명령을 다시 실행하세요.',
    ended: '세션이 끝났습니다. 다시 로그인하면 이 페이지가 다시 보입니다.', roles: { admin: '관리자', merchant: '판매자', customer: '고객' },
    noRight: '이 계정으로는 볼 수 없습니다.',
  },
  live: { on: '실시간', hint: '변경을 바로 표시', states: { off: '멈춤', connecting: '연결 중', on: '실시간', polling: '5초마다' } },
  status: { started: '진행 중', completed: '완료', failed: '실패', compensating: '보상 중', compensated: '보상됨' },
  step: { pending: '시작 전', running: '진행 중', succeeded: '완료', failed: '실패', compensating: '취소 중', compensated: '취소됨' },
  attention: '사람의 확인 필요',
  overview: {
    title: '개요', show: '개요 보기', hide: '개요 숨기기', total: '전체', rate: '완료율', rateHint: '끝난 사가 기준', ofDefinition: (name) => `${name} 기준`,
    failures: '사가가 실패한 이유', failuresNone: '실패하거나 보상된 사가가 없습니다.',
    failuresPart: (looked, of) => `실패하거나 보상된 ${of}개 중 최근 ${looked}개 기준입니다.`,
    step: '단계', error: '오류', count: '사가', latest: '최근', definition: '정의', status: '결과', showThese: '보기', retryThese: '모두 재시도',
    showThem: (n, step) => `${step}에서 실패한 사가 ${n}개 보기`, retryThem: (n, step) => `${step}에서 실패한 사가 ${n}개 모두 재시도`,
    hour: '최근 1시간', throughput: '분당 끝난 사가', latency: '시작부터 끝까지 걸린 시간 (ms)', perMinute: '분당', p50: '중앙값', p99: '99번째 백분위수',
    chartHint: '화살표 키로 분 단위로 이동합니다.', asTable: '표로 보기', minute: '분', startedColumn: '시작',
    minuteSays: (at, completed, compensated, failed, p50, p99) => `${at}: 완료 ${completed}, 보상 ${compensated}, 실패 ${failed}; 중앙값 ${p50}, 99번째 백분위수 ${p99}`,
    nothingYet: '최근 1시간 동안 끝난 사가가 없습니다.',
    compensation: '취소된 것', undone: '취소됨', undoing: '취소 중', tries: '호출', mean: '평균 시간', compensationNone: '취소된 것이 없습니다.',
  },
  list: {
    title: '사가', found: (n) => `사가 ${n}개`, foundSome: '사가', empty: '조건에 맞는 사가가 없습니다.', emptyAll: '아직 사가가 없습니다.', emptyHint: '예를 들어 다음과 같이 시작하세요:', clear: '필터 지우기',
    caption: '사가, 최신순', columns: '열', perPage: '페이지당', next: '다음', previous: '이전', first: '첫 페이지', pages: '페이지 이동', refresh: '새로 고침',
    actOn: '조건에 맞는 모두에 작업', tooWide: '조건에 맞는 사가가 너무 많아 나열할 수 없습니다. 시간이나 정의로 좁혀 주세요.',
    column: { status: '상태', id: '사가', definition: '정의', step: '단계', error: '오류', key: '키', started: '시작', took: '소요', updated: '변경', node: '노드', tries: '시도', correlation: '상관관계 ID' },
  },
  filter: {
    label: '필터', status: '상태', definition: '정의', any: '전체', text: '검색', textHint: 'ID 또는 그 앞자리, 키, 추적 ID, 또는 오류나 입력의 일부', since: '시작 시각', more: '필터 더 보기', apply: '적용', clear: '지우기',
    within: { '': '언제든지', '15m': '15분 이내', '1h': '1시간 이내', '24h': '하루 이내', '168h': '일주일 이내', between: '기간 …' },
    names: {
      status: '상태', definition: '정의', version: '버전', step: '진행 중인 단계', failedStep: '실패한 단계', participant: '참여자', error: '오류에 포함', errorLike: '오류 패턴',
      key: '키', text: '검색', id: 'ID 시작', node: '노드', since: '이후 시작', until: '이전 시작', within: '시작', olderThan: '다음보다 오래됨', stuck: '멈춤', retriesOver: '시도 초과', type: '유형',
    },
    stuck: '60초 동안 진행이 없는 것만', remove: (what) => `필터 ${what} 제거`, active: '적용된 필터',
    errorLikeHint: '*는 임의의 글자입니다',
  },
  views: { label: '보기', all: '전체', failed: '실패', attention: '멈춤', open: '진행 중', compensated: '보상됨', save: '이 보기 저장', name: '보기 이름', saved: '이 컴퓨터에 저장됨', remove: (name) => `보기 ${name} 삭제`, saveHint: '필터와 열을 이 브라우저에 저장합니다.' },
};

export const texts = { en, ko };
