// What the shared components say.
export const shared = {
  en: {
    close: 'Close', cancel: 'Cancel', tryAgain: 'Try again', loading: 'Loading', skip: 'Skip to content',
    theme: 'Theme', themes: { system: 'System theme', light: 'Light', dark: 'Dark' }, language: 'Language',
    copy: 'Copy', copied: 'Copied', none: 'None',
    unreachable: 'The node does not answer. It is tried again.',
    problem: (status: number) => (status ? `Error ${status}` : 'No answer'),
    correlation: (id: string) => `Correlation id ${id}`,
  },
  ko: {
    close: '닫기', cancel: '취소', tryAgain: '다시 시도', loading: '불러오는 중', skip: '본문으로 건너뛰기',
    theme: '테마', themes: { system: '시스템 테마', light: '밝게', dark: '어둡게' }, language: '언어',
    copy: '복사', copied: '복사됨', none: '없음',
    unreachable: '노드가 응답하지 않습니다. 다시 시도합니다.',
    problem: (status: number) => (status ? `오류 ${status}` : '응답 없음'),
    correlation: (id: string) => `상관관계 ID ${id}`,
  },
};
