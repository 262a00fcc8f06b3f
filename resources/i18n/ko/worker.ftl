# 작업과 실패의 이유
worker-title-store = { $file }{ $others ->
    [0] {""}
   *[other] {" "}외 { $others }개
} 저장
worker-title-delete = { $place } 삭제
worker-title-crawl = { $crawler } 크롤러 실행
worker-title-query = 쿼리 실행
worker-title-export = { $file } 내보내기
worker-title-measure = 편향 측정
worker-title-rebalance = 데이터 균형 맞추기
worker-title-lab = 샘플로 하는 실습

worker-phase-read = { $file } 읽는 중
worker-phase-store = { $file } 저장 중
worker-phase-delete = 삭제 중
worker-phase-query = 실행 중
worker-phase-result = 결과를 가져오는 중
worker-phase-crawl = { $crawler } 크롤링 중
worker-phase-count = 집계 중
worker-phase-balance = 행 추출 중
worker-phase-download = 다운로드 중
worker-phase-lab = 단계

worker-what-lake = { $folder } 폴더의 로컬 레이크를 시작하지 못했습니다.
worker-what-connect = 연결하지 못했습니다.
worker-what-connections = 프로필을 읽지 못했습니다.
worker-what-cancel = 작업을 중지하지 못했습니다.
worker-what-output = 쿼리 결과를 저장할 위치가 없습니다.
worker-what-file = { $path } 파일을 사용하지 못했습니다.
worker-what-query = 쿼리가 실패했습니다.
worker-what-stop-query = 쿼리를 중지하지 못했습니다.
worker-what-rows = 행을 읽지 못했습니다.
worker-what-draw = 결과를 차트로 그리지 못했습니다.
worker-what-export = { $path } 파일을 쓰지 못했습니다.
worker-what-history = 최근 쿼리 목록을 가져오지 못했습니다.
worker-what-estimate = 쿼리의 스캔 크기를 추정하지 못했습니다.
worker-what-columns = 컬럼을 읽지 못했습니다.
worker-what-measure = 편향을 측정하지 못했습니다.
worker-what-rebalance = 데이터의 균형을 맞추지 못했습니다.
worker-what-lab = 실습을 끝내지 못했습니다.
worker-what-inspect = { $file } 파일을 읽지 못했습니다.
worker-what-buckets = 버킷 목록을 가져오지 못했습니다.
worker-what-list = { $place } 목록을 가져오지 못했습니다.
worker-what-create-bucket = { $bucket } 버킷을 만들지 못했습니다.
worker-what-delete-bucket = { $bucket } 버킷을 삭제하지 못했습니다.
worker-what-delete = { $place } 삭제에 실패했습니다.
worker-what-store = { $file }{ $others ->
    [0] {" "}파일을
   *[other] {" "}외 { $others }개 파일을
} 저장하지 못했습니다.
worker-what-catalogue = { $table } 테이블을 카탈로그에 등록하지 못했습니다.
worker-what-databases = 데이터베이스 목록을 가져오지 못했습니다.
worker-what-tables = { $database } 데이터베이스의 테이블 목록을 가져오지 못했습니다.
worker-what-table = { $table } 테이블을 읽지 못했습니다.
worker-what-create-database = { $database } 데이터베이스를 만들지 못했습니다.
worker-what-drop-database = { $database } 데이터베이스를 삭제하지 못했습니다.
worker-what-drop-table = { $table } 테이블을 삭제하지 못했습니다.
worker-what-restore-table = { $table } 테이블을 되돌리지 못했습니다.
worker-what-crawlers = 크롤러 목록을 가져오지 못했습니다.
worker-what-save-crawler = { $crawler } 크롤러를 저장하지 못했습니다.
worker-what-delete-crawler = { $crawler } 크롤러를 삭제하지 못했습니다.
worker-what-run-crawler = { $crawler } 크롤러를 실행하지 못했습니다.
worker-what-stop-crawler = { $crawler } 크롤러를 중지하지 못했습니다.
worker-what-crawls = { $crawler } 크롤러의 실행 기록을 가져오지 못했습니다.

worker-why-no-profile = AWS 설정에 { $message } 프로필이 없습니다.
worker-hint-no-profile = 다른 연결을 선택하거나 `aws configure --profile { $profile }` 명령으로 추가하세요.
worker-why-configuration = AWS 설정을 사용할 수 없습니다: { $message }.
worker-hint-configuration = ~/.aws/config, ~/.aws/credentials 파일과 AWS_ENDPOINT_URL 환경 변수를 확인하세요.
worker-why-no-credentials = { $connection } 연결의 자격 증명을 찾을 수 없습니다: { $message }.
worker-hint-no-credentials = `aws configure --profile { $profile }` 명령으로 자격 증명을 추가하거나 로컬 레이크를 사용하세요.
worker-why-expired = 로그인이 만료되었습니다.
worker-hint-sso = `aws sso login --profile { $profile }` 명령을 실행한 뒤 다시 시도하세요.
worker-hint-new-keys = 환경 변수에 새 자격 증명을 넣고 Fairlake를 다시 시작하세요.
worker-why-bad-credentials = 서비스가 자격 증명을 받아들이지 않습니다: { $message }.
worker-hint-bad-credentials = { $profile } 프로필의 자격 증명과 컴퓨터 시계를 확인하세요.
worker-why-denied = 이 작업({ $operation })을 수행할 권한이 없습니다: { $message }.
worker-hint-denied = 계정 관리자에게 { $operation } 권한을 요청하세요.
worker-why-not-found = 존재하지 않습니다: { $message }.
worker-hint-refresh = 그사이에 삭제되었을 수 있습니다. 화면을 새로 고치세요.
worker-why-exists = 이미 존재합니다: { $message }.
worker-why-conflict = 현재 상태에서는 할 수 없습니다: { $message }.
worker-why-throttled = 현재 서비스에 요청이 너무 많습니다.
worker-hint-later = 잠시 후 다시 시도하세요.
worker-why-lake-lost = 로컬 레이크가 응답하지 않고, 다시 시작하지도 못했습니다.
worker-hint-lake-lost = 레이크 폴더의 serve.log 파일을 확인하세요.
worker-hint-lake-start = 레이크 폴더의 serve.log 파일을 확인하세요. `fairlake serve` 명령으로 직접 시작할 수도 있습니다.
worker-why-unreachable = { $connection }에 연결할 수 없습니다: { $message }.
worker-hint-network = 네트워크 연결과 엔드포인트를 확인하세요.
worker-why-timeout = 응답 시간이 초과되었습니다.
worker-why-invalid = { $message }.
worker-why-server = 서비스에서 오류가 발생했습니다: { $message }.
worker-why-io = { $message }.
worker-why-panic = Fairlake 내부 오류가 발생했습니다.
worker-hint-panic = 다른 작업은 계속됩니다. 세부 정보와 함께 신고해 주세요.
worker-hint-output = 작업 그룹에 쿼리 결과 위치를 설정하세요.

worker-why-file-missing = 파일이 없습니다.
worker-why-file-denied = 접근 권한이 없습니다.
worker-why-file-folder = 파일이 아니라 폴더입니다.
worker-why-file = { $error }.
worker-why-disk-full = 디스크에 남은 공간이 없습니다.
worker-why-cache = 캐시를 사용할 수 없습니다: { $error }.
worker-why-folder-empty = { $path } 폴더에 파일이 없습니다.
worker-why-not-a-table = 테이블이 아닙니다({ $kind }).
worker-hint-raw = 그대로 저장하세요. 레이크에는 어떤 파일이든 저장할 수 있습니다.
worker-why-line-breaks = { $rows }개 행의 필드 안에 줄바꿈이 있어 CSV 테이블 리더가 읽지 못합니다.
worker-hint-line-breaks = Parquet으로 저장하거나, 줄바꿈을 공백으로 바꾼 CSV로 저장하세요.
worker-why-no-table = 이 파일들은 카탈로그 리더가 읽을 수 있는 하나의 테이블이 되지 않습니다.
worker-hint-shorter = 더 짧은 접두사를 선택하세요.
worker-why-table-elsewhere = { $table } 테이블이 이미 다른 위치({ $place })에 있습니다.
worker-hint-table-elsewhere = 다른 테이블 이름을 선택하세요.
worker-why-crawl = 실행이 { $state } 상태로 끝났습니다: { $message }

worker-why-no-column = 결과에 { $column }번 컬럼이 없습니다.
worker-why-no-series = 누적 막대에는 구분 컬럼이 필요합니다.
worker-why-no-number = ‘{ $value }’: 숫자가 아닙니다.
worker-why-no-numbers = { $column } 컬럼에 숫자가 없습니다.
worker-why-no-rows = 행이 없습니다.
worker-why-many-series = 구분 컬럼의 고유 값이 { $values }개입니다. 최대 { $most }개까지 구분할 수 있습니다.
worker-why-column-missing = { $column } 컬럼이 없습니다. 있는 컬럼: { $choices }
worker-why-no-file = 이 데이터 소스는 파일이 아닙니다.
worker-why-one-file = 균형 맞추기는 한 번에 파일 하나만 처리합니다.
worker-why-only-tables = 새 테이블은 카탈로그 테이블에서만 만들 수 있습니다.
worker-hint-only-tables = 대상을 파일로 바꾸거나 먼저 카탈로그에 등록하세요.
worker-why-many-objects = 이 접두사 아래의 객체가 { $most }개를 넘습니다.
worker-hint-many-objects = 카탈로그에 등록해 테이블로 측정하세요. 그러면 집계 결과만 전송됩니다.
worker-why-nothing-below = { $place } 아래에 파일이 없습니다.

worker-chart-rows = 행 수

worker-lab-title = 샘플로 하는 실습
worker-lab-by-sentiment = 감성별 리뷰 수
worker-lab-by-category = 상품 카테고리별 감성 리뷰 수
worker-lab-average = 상품 카테고리별 평균 감성
worker-lab-number = 상품 카테고리별 리뷰 수
worker-lab-distribution = 상품 카테고리별 감성 분포
worker-lab-words = 리뷰당 단어 수
worker-lab-positive = 긍정
worker-lab-neutral = 중립
worker-lab-negative = 부정
worker-lab-balance = 카테고리·감성별 균형 맞추기
worker-lab-bias = 균형 맞추기 전후의 편향
worker-lab-value = 값
worker-lab-metric = 지표
worker-lab-before = 이전
worker-lab-after = 이후
