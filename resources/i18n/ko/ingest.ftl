# 수집 탭: 레이크 트리.
ingest-lake = 레이크
ingest-lake-loading = 버킷을 읽는 중…
ingest-lake-empty = 아직 버킷이 없습니다. 파일을 저장하면 버킷이 만들어집니다.
ingest-refresh = 새로 고침
ingest-filter = 필터
ingest-filter-clear = 지우기
ingest-filter-nothing = 열어 본 폴더 안에 일치하는 항목이 없습니다.
ingest-folder-empty = 비어 있음
ingest-more-objects = 더 보기
ingest-more-for = 더 보기: { $name }
ingest-check-bias = 편향 확인
ingest-store-here = 여기에 파일 저장
ingest-crawl = 이 폴더 크롤링
ingest-copy-address = s3:// 주소 복사
ingest-delete = 삭제…
ingest-delete-heading = { $name } 삭제
ingest-delete-bucket = { $place } 버킷이 비어 있으면 삭제합니다. 삭제하면 다른 사람이 이 이름을 쓸 수 있습니다.
ingest-delete-folder = { $place } 아래의 모든 객체를 삭제합니다. 되돌릴 수 없으며, 이 파일을 읽는 테이블은 데이터를 찾지 못합니다.
ingest-delete-object = { $place } 객체를 삭제합니다. 되돌릴 수 없습니다.
ingest-delete-yes = 삭제
ingest-bucket = 버킷
ingest-bucket-name = 새 버킷 이름
ingest-bucket-rule = 영문 소문자, 숫자, 점, 하이픈으로 3~63자이며 처음과 끝은 영문 소문자나 숫자여야 합니다
ingest-bucket-create = 버킷 만들기

# 빈 탭.
ingest-drop-title = 여기에 파일을 끌어다 놓으세요
ingest-drop-sentence = 어떤 파일인지 근거와 함께 알려 주고 레이크에 저장합니다. 저장하기 전에는 어떤 데이터도 컴퓨터 밖으로 나가지 않습니다.
ingest-drop-none-title = 레이크로 파일 가져오기
ingest-drop-none = XWayland가 없는 Wayland 세션에서는 이 창에 파일을 끌어다 놓을 수 없습니다. 파일을 선택하거나 경로를 붙여넣으세요.
ingest-drop-kinds = CSV, JSON, Parquet 파일은 테이블이 되고 그 밖의 파일은 그대로 저장됩니다.
ingest-choose-files = 파일 선택
ingest-choose-folder = 폴더 선택
ingest-paste-path = 경로 붙여넣기
ingest-path = 파일 또는 폴더 경로
ingest-read-path = 읽기
ingest-try-sample = 샘플로 시작
ingest-add-files = 파일 추가
ingest-or-drop = 또는 창에 끌어다 놓기

# 파일.
ingest-remove = 목록에서 제거: { $name }
ingest-remove-file = 목록에서 제거
ingest-read-again = 다시 시도
ingest-reading = { $name } 읽는 중
ingest-quoted = 따옴표 있음
ingest-unquoted = 따옴표 없음
ingest-quoted-fields = 따옴표로 묶인 필드: { $fields }개
ingest-with-bom = { $encoding }(BOM 포함)
ingest-header = 1행이 헤더
ingest-no-header = 헤더 없음
ingest-rows-at-least = { $rows }행 이상
ingest-change = 변경
ingest-change-close = 완료
ingest-at-row = { $row }행
ingest-at-column = { $column }열
ingest-at-byte = 바이트 위치 { $byte }
ingest-more-findings = 발견 사항 { $findings }건 더 보기
ingest-no-table = 테이블이 아닌 파일입니다. 그대로 저장할 수 있습니다.
ingest-raw-only = 이 상태로는 테이블로 저장할 수 없고 파일 그대로만 저장할 수 있습니다. 읽는 방법을 변경하거나, 파일을 고친 뒤 다시 읽으세요.

# 직접 정하기.
ingest-guess = 자동 감지: { $value }
ingest-back-to-guesses = 자동 감지로 되돌리기
ingest-encoding = 인코딩
ingest-delimiter = 구분자
ingest-delimiter-other = 직접 입력
ingest-quote = 따옴표
ingest-quote-none = 없음
ingest-header-label = 헤더
ingest-ragged = 필드 수가 다른 행
ingest-ragged-refuse = 중지하고 위치 알림
ingest-ragged-pad = 필드 수 맞추기
ingest-ragged-skip = 건너뛰기
ingest-nulls = NULL로 처리할 값
ingest-nulls-hint = n/a, 없음

# 열.
ingest-column-name = { $name } 컬럼 이름 바꾸기
ingest-column-type = { $name } 컬럼의 타입: { $type }
ingest-type-guess = 자동 감지로 되돌리기
ingest-rename = 카탈로그의 이름
ingest-rename-do = 이름 바꾸기
ingest-rename-undo = 파일의 이름으로 되돌리기
ingest-name-in-file = 파일의 이름: { $name }
ingest-values = 값 { $values }개, NULL { $nulls }개
ingest-distinct = 고유 값 { $values }개
ingest-distinct-about = 고유 값 약 { $values }개
ingest-range = 최소 { $min }, 최대 { $max }
ingest-longest = 최대 길이 { $bytes }

# 저장 형식.
ingest-line-breaks = 따옴표 안에 줄바꿈이 있는 행이 { $rows }개 있습니다. Athena의 CSV 리더는 이런 행을 읽지 못합니다.
ingest-crawler-differs = AWS 크롤러가 만드는 정의가 권장하는 정의와 다릅니다.
ingest-choice-parquet = Parquet으로 저장
ingest-choice-replace = 줄바꿈을 공백으로 바꾸기
ingest-choice-csv = 정리한 CSV로 저장
ingest-choice-keep = 그대로 두기
ingest-recommended = { $choice } (권장)
ingest-breaks-rows = 쿼리하면 이 { $rows }개 행이 각각 여러 개의 깨진 행으로 읽힙니다.
ingest-compare-crawler = AWS 크롤러
ingest-compare-ours = 권장
ingest-compare-why = 이유
ingest-compare-name = SQL에서 따옴표가 필요 없음
ingest-compare-reader = 리더
ingest-compare-header = 1행
ingest-compare-header-skipped = 컬럼 이름(건너뜀)
ingest-compare-header-data = 데이터로 읽음
ingest-compare-header-none = 헤더 불필요
ingest-compare-columns = 컬럼 수
ingest-compare-column = { $name } 컬럼
ingest-compare-more = 다른 컬럼 { $columns }개 더 있음
ingest-as-parquet = Parquet
ingest-as-csv = CSV
ingest-as-csv-one-line = CSV(줄바꿈을 공백으로)
ingest-as-raw = 원본 그대로

# 저장 위치.
ingest-to = 저장 위치 s3://
ingest-as = 형식
ingest-form = 파일 저장 형식
ingest-bucket-label = 버킷
ingest-buckets = 버킷 선택
ingest-bucket-new = 새로 만듦
ingest-prefix = 접두사
ingest-catalogue-as = 카탈로그에 등록
ingest-table = 데이터베이스와 테이블
ingest-database = 데이터베이스
ingest-store = { $files ->
    [0] 저장
   *[other] 파일 { $files }개 저장
}
ingest-store-breaks = 이대로 저장하면 테이블에 깨진 행이 생깁니다. Parquet으로 저장하거나 줄바꿈을 바꾸면 행이 온전히 유지됩니다.
ingest-each-its-own = 컬럼 구성이 서로 달라 파일마다 폴더와 테이블을 따로 만듭니다(모두 { $folders }개).
ingest-nothing-to-store = 저장할 준비가 된 파일이 없습니다.
ingest-bad-bucket = “{ $name }”: 버킷 이름으로 쓸 수 없습니다. 영문 소문자, 숫자, 점, 하이픈으로 3~63자이며 처음과 끝은 영문 소문자나 숫자여야 합니다.
ingest-bad-prefix = 접두사가 너무 깁니다. 최대 1,024바이트까지 쓸 수 있습니다.
ingest-bad-table = “{ $name }”: 테이블 이름으로 쓸 수 없습니다. 영문자, 숫자, 밑줄만 써서 database.table 형식으로 입력하세요.
ingest-same-name = 두 파일이 같은 폴더 “{ $name }”에 저장됩니다. 하나의 이름을 바꾸거나 따로 저장하세요.
ingest-storing = 저장 중
ingest-storing-left = 저장 중, 남은 폴더 { $folders }개
ingest-store-cancelled = 취소했습니다. 진행하던 작업은 되돌렸으며 남은 파일이 없습니다.
ingest-stored = 파일 { $files }개({ $size })를 저장했습니다: { $place }
ingest-catalogued = { $table } 테이블로 카탈로그에 등록했습니다
ingest-query = 쿼리하기
ingest-show-table = 테이블 보기
ingest-catalogue-it = 카탈로그에 등록
ingest-store-more = 더 저장하기

# 샘플.
ingest-sample-title = 샘플로 하는 실습
ingest-sample-about = 직접 만든 상품 리뷰 수천 건으로 저장, 크롤링, 쿼리, 편향 측정, 균형 맞추기, 다시 측정까지 모두 진행합니다.
ingest-sample-running = 진행 중
ingest-sample-stored = 리뷰 { $rows }건을 { $place }에 저장했습니다
ingest-sample-crawled = { $crawler } 크롤러가 { $table } 테이블을 카탈로그에 등록했습니다
ingest-sample-derived = 평점에서 감성을 도출해 { $table } 테이블을 만들었습니다
ingest-sample-queried = 쿼리: { $title }
ingest-sample-measured = { $rows }행의 편향을 측정했습니다
ingest-sample-measured-balanced = { $rows }행으로 균형을 맞추고 다시 측정했습니다
ingest-sample-written = 파일 { $files }개를 저장했습니다
ingest-sample-sql = SQL
ingest-sample-again = 다시 시도
ingest-sample-close = 닫기
