# 탭을 둘러싼 창입니다.
shell-tab-ingest = 수집
shell-tab-catalog = 카탈로그
shell-tab-query = 쿼리
shell-tab-bias = 편향

shell-palette-hint = 검색 또는 실행…
shell-palette-nothing = 일치하는 항목이 없습니다. 더 짧게 입력해 보세요.
shell-kind-action = 명령
shell-kind-connection = 연결
shell-kind-table = 테이블
shell-kind-column = 컬럼
shell-kind-bucket = 버킷
shell-kind-query = 쿼리

shell-connection-local = 로컬 레이크
shell-connection-environment = 환경 변수
shell-connection-profile = { $name } (AWS 프로필)
shell-connection-button = 연결: { $name }
shell-connection-own = 직접 지정한 엔드포인트
shell-connection-url = 엔드포인트 주소
shell-connection-keys = 자격 증명을 가져올 프로필
shell-connection-connect = 연결
shell-connection-waiting = 연결 중…
shell-connection-again = 다시 시도
shell-identity-account = 계정
shell-identity-region = 리전
shell-identity-endpoint = 엔드포인트
shell-identity-folder = 폴더
shell-lake-unreachable = { $name }에 연결할 수 없습니다
shell-lake-waiting = { $name } 연결 중…

shell-jobs = 작업
shell-jobs-count = { $jobs ->
    [0] 작업 없음
   *[other] 작업 { $jobs }개
}
shell-jobs-none = 아직 실행한 작업이 없습니다. 저장, 크롤링, 쿼리, 측정 작업이 여기에 표시됩니다.
shell-jobs-clear = 끝난 작업 지우기
shell-job-cancel = 취소
shell-job-stopping = 중지 중…
shell-job-cancelled = 취소했습니다. 진행하던 작업은 되돌렸습니다
shell-job-left = { $time } 남음

shell-notices = 알림
shell-notices-none = 알림이 없습니다.
shell-notices-clear = 지우기
shell-notice-dismiss = 닫기
shell-exported-one = { $path }에 저장했습니다
shell-exported-many = 파일 { $files }개를 저장했습니다
shell-open-folder = 폴더 열기
shell-details = 세부 정보
shell-copy = 복사
shell-close = 닫기

shell-settings = 설정
shell-settings-theme = 테마
shell-theme-system = 시스템
shell-theme-light = 라이트
shell-theme-dark = 다크
shell-settings-language = 언어
shell-settings-zoom = 확대/축소
shell-settings-motion = 애니메이션
shell-settings-motion-reduced = 애니메이션 줄이기
shell-settings-x11 = Wayland
shell-settings-x11-prefer = 끌어다 놓은 파일을 받을 수 있도록 가능하면 X11로 시작
shell-settings-price = 1TB당 스캔 요금
shell-settings-dpi = PNG 내보내기 해상도

shell-drop-hint = { $files ->
    [1] 여기에 놓으면 어떤 파일인지 알려 드립니다.
   *[other] 여기에 놓으면 { $files }개 파일이 어떤 파일인지 알려 드립니다.
} 저장 위치: { $place }
shell-settings-broken = { $path } 파일을 읽을 수 없어 따로 보관하고 기본 설정으로 시작했습니다.
shell-busy = 다른 작업을 처리하는 중입니다. 요청은 순서를 기다립니다.

action-palette = 검색하거나 명령 실행
action-open-ingest = 수집 탭 열기
action-open-catalog = 카탈로그 탭 열기
action-open-query = 쿼리 탭 열기
action-open-bias = 편향 탭 열기
action-choose-files = 파일 선택…
action-choose-folder = 폴더 선택…
action-try-sample = 샘플로 시작
action-new-editor = 새 쿼리
action-close-editor = 쿼리 닫기
action-run = 실행 (쿼리, 측정, 저장)
action-stop-query = 쿼리 중지
action-new-crawler = 새 크롤러
action-measure = 편향 측정
action-refresh = 레이크 새로 고침
action-theme-light = 라이트 테마
action-theme-dark = 다크 테마
action-theme-system = 시스템 테마
action-language-english = 언어: English
action-language-korean = 언어: 한국어
action-zoom-in = 확대
action-zoom-out = 축소
action-zoom-reset = 확대/축소 100%
action-jobs = 작업
action-notices = 알림
action-settings = 설정
action-shortcuts = 키보드 단축키
action-quit = 종료
action-connect = 연결
action-open-table = 테이블 열기
action-query-table = 테이블 쿼리
action-measure-table = 편향 확인
action-open-bucket = 버킷 열기
action-open-editor = 쿼리 열기
action-cancel = 취소

shell-save = 다른 이름으로 저장
shell-save-path = 경로
shell-save-browse = 찾아보기…
shell-save-save = 저장
shell-save-exists = 같은 이름의 파일이 있습니다. 저장하면 기존 파일을 덮어씁니다.
shell-save-replace = 덮어쓰기
shell-cancel = 취소
