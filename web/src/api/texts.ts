// What the page on the API says. What the document says stays as it is.
import { counted } from '../shared/format';

const en = {
  product: 'API', filter: 'Filter routes', filterHint: 'Words of the method, the path or the summary', none: 'No route matches.', asDocument: 'As a document: OpenAPI 3.1',
  count: (n: string) => counted(n, 'route'), dashboard: 'Dashboard', shop: 'Shop',
  who: {
    title: 'Who asks', session: (email: string) => `${email}, who is logged in here`, guest: 'Nobody: without a token', token: 'By a token', tokenLabel: 'Bearer token',
    hint: 'It stays in this page, and is forgotten when the page is left. sagactl login gets one; an operator’s is in operator.token of the data directory.',
  },
  access: { anyone: 'open to anyone', guest: 'open to guests', token: 'needs a token' }, link: 'Link to this',
  parameters: 'Parameters', required: 'required', body: 'Body', whole: 'All members', least: 'What is needed', example: 'Example', noBody: 'No body',
  send: 'Send', stop: 'Stop', sending: 'Waiting for the answer …', curl: 'As a line for the shell', answer: 'Answer', took: (ms: string) => `${ms} ms`, headers: 'Headers', cut: 'The rest is not shown.', stream: 'It goes on; stop it when you have seen enough.', failed: 'No answer: ', missing: (names: string) => `Needed: ${names}`, notJson: 'The body is not JSON.',
  answers: 'Answers', schema: 'Schema', schemas: 'Schemas', in: { path: 'in the path', query: 'in the query', header: 'a header', cookie: 'a cookie' }, nullable: 'or null', oneOf: 'one of', arrayOf: 'list of', anyOther: 'any other members',
};

export const texts: Record<'en' | 'ko', typeof en> = {
  en,
  ko: {
    product: 'API', filter: '경로 찾기', filterHint: '메서드, 경로, 요약의 단어', none: '일치하는 경로가 없습니다.', asDocument: '문서: OpenAPI 3.1',
    count: (n) => `경로 ${n}개`, dashboard: '대시보드', shop: '상점',
    who: {
      title: '요청자', session: (email) => `${email} (로그인됨)`, guest: '토큰 없이', token: '토큰으로', tokenLabel: 'Bearer 토큰',
      hint: '이 페이지에만 있으며 페이지를 떠나면 사라집니다. sagactl login 으로 얻거나, 데이터 폴더의 operator.token 을 사용합니다.',
    },
    access: { anyone: '누구나', guest: '손님도 가능', token: '토큰 필요' }, link: '이 항목 링크',
    parameters: '매개변수', required: '필수', body: '본문', whole: '모든 항목', least: '필수 항목', example: '예', noBody: '본문 없음',
    send: '보내기', stop: '중지', sending: '응답을 기다리는 중 …', curl: '셸 명령', answer: '응답', took: (ms) => `${ms} ms`, headers: '헤더', cut: '나머지는 표시하지 않습니다.', stream: '계속됩니다. 충분히 보았으면 중지하세요.', failed: '응답 없음: ', missing: (names) => `필요함: ${names}`, notJson: '본문이 JSON이 아닙니다.',
    answers: '응답 종류', schema: '스키마', schemas: '스키마', in: { path: '경로', query: '쿼리', header: '헤더', cookie: '쿠키' }, nullable: '또는 null', oneOf: '다음 중 하나', arrayOf: '목록:', anyOther: '그 밖의 항목',
  },
};
