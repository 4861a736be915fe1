// What is said of bulk jobs.
import { counted } from '../../shared/format';

const en = {
  title: 'Bulk jobs', hint: 'A job acts on every saga that matches a filter, one after the other, and goes on at another node when its node dies.', none: 'There was no job yet. Filter the sagas, then choose “Act on all that match”.',
  dialog: 'Act on all that match', action: 'Action', actions: { retry: 'Retry', compensate: 'Compensate', cancel: 'Cancel', skip: 'Skip a step' },
  willDo: {
    retry: 'Each failed or compensated saga runs again from its earliest step that is not in effect.',
    compensate: 'The steps of each saga that are in effect are undone, the last first.',
    cancel: 'Each saga that has not ended is turned back: what was done is undone.',
    skip: 'The step counts as done without asking its participant, and the saga goes on.',
  },
  filter: 'Filter', counting: 'Counting …', matches: (n: string) => `${counted(n, 'saga')} match${n === '1' ? 'es' : ''}`, first: (n: string) => `The first ${n}:`, nothing: 'No saga matches: there is nothing to do.',
  reason: 'Reason', reasonHint: 'Kept with the job.', reasonNeeded: 'Say why.', rate: 'At most per second', step: 'Step to skip', recharge: 'Charge refunded payments again',
  start: (action: string, n: string) => `${action}: ${counted(n, 'saga')}`, started: 'The job has started.', tooMany: 'More sagas match now than were counted; nothing was started.',
  job: 'Job', state: 'State', states: { running: 'Running', done: 'Done', stopped: 'Stopped', failed: 'Failed' },
  progress: 'Progress', progressText: (tried: string, total: string) => `${tried} of ${total}`, accepted: 'Accepted', refused: 'Refused', by: 'By', began: 'Began', ended: 'Ended', node: 'Node', stop: 'Stop', stopHint: 'The sagas that were reached stay as they are; the others are not touched.',
  stopped: 'The job is being stopped.', results: 'Results', onlyRefused: 'Only refused', saga: 'Saga', answer: 'Answer', nowColumn: 'Now', at: 'At', more: 'More', noResults: 'Nothing yet.',
  shownNow: (completed: string, open: string, other: string) => `Of those shown: ${completed} completed, ${open} in progress, ${other} ended otherwise`,
  showSagas: 'Show the sagas that still match', again: 'Ask again',
};

const ko: typeof en = {
  title: '일괄 작업', hint: '작업은 필터에 맞는 모든 사가에 차례로 적용되며, 노드가 죽으면 다른 노드에서 계속됩니다.', none: '아직 작업이 없습니다. 사가를 필터링한 뒤 “조건에 맞는 모두에 작업”을 누르세요.',
  dialog: '조건에 맞는 모두에 작업', action: '작업', actions: { retry: '재시도', compensate: '보상', cancel: '취소', skip: '단계 건너뛰기' },
  willDo: {
    retry: '실패했거나 보상된 각 사가가 아직 적용되지 않은 가장 앞 단계부터 다시 실행됩니다.',
    compensate: '각 사가에서 적용된 단계를 마지막 것부터 취소합니다.',
    cancel: '끝나지 않은 각 사가를 되돌립니다: 한 일을 취소합니다.',
    skip: '참여자에게 묻지 않고 단계를 완료로 보고 사가를 계속합니다.',
  },
  filter: '필터', counting: '세는 중 …', matches: (n) => `사가 ${n}개가 해당`, first: (n) => `처음 ${n}개:`, nothing: '맞는 사가가 없어 할 일이 없습니다.',
  reason: '이유', reasonHint: '작업과 함께 보관됩니다.', reasonNeeded: '이유를 적어 주세요.', rate: '초당 최대', step: '건너뛸 단계', recharge: '환불된 결제를 다시 청구',
  start: (action, n) => `${action}: 사가 ${n}개`, started: '작업을 시작했습니다.', tooMany: '센 것보다 많은 사가가 해당합니다. 아무것도 시작하지 않았습니다.',
  job: '작업', state: '상태', states: { running: '실행 중', done: '완료', stopped: '중지됨', failed: '실패' },
  progress: '진행', progressText: (tried, total) => `${total}개 중 ${tried}개`, accepted: '수락', refused: '거절', by: '요청자', began: '시작', ended: '종료', node: '노드', stop: '중지', stopHint: '이미 처리한 사가는 그대로 두고 나머지는 건드리지 않습니다.',
  stopped: '작업을 중지하는 중입니다.', results: '결과', onlyRefused: '거절만', saga: '사가', answer: '응답', nowColumn: '현재', at: '시각', more: '더 보기', noResults: '아직 없습니다.',
  shownNow: (completed, open, other) => `표시된 것 중: 완료 ${completed}, 진행 중 ${open}, 그 밖의 종료 ${other}`,
  showSagas: '아직 해당하는 사가 보기', again: '다시 묻기',
};

export const bulkTexts = { en, ko };
