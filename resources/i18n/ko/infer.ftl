# 파일이 무엇이고 왜 그렇게 보는지.

infer-chosen = 직접 선택함

infer-kind-csv = CSV
infer-kind-json-lines = JSON(한 줄에 레코드 하나)
infer-kind-json-array = JSON 배열
infer-kind-parquet = Parquet
infer-kind-avro = Avro
infer-kind-orc = ORC
infer-kind-xml = XML 또는 HTML
infer-kind-image = { $format } 이미지
infer-kind-archive = { $format } 압축 데이터
infer-kind-pdf = PDF 문서
infer-kind-spreadsheet = Excel 통합 문서
infer-kind-text = 컬럼이 없는 텍스트
infer-kind-binary-named = { $name } 데이터
infer-kind-binary = 바이너리 데이터
infer-kind-empty = 빈 파일

infer-encoding-bom = 파일 맨 앞에 { $encoding } BOM이 있습니다
infer-encoding-utf16 = { $encoding }처럼 파일 앞부분의 바이트가 하나 걸러 하나씩 0입니다
infer-encoding-ascii = 모든 문자가 ASCII입니다
infer-encoding-utf8 = 모든 바이트가 올바른 UTF-8입니다
infer-encoding-mostly-utf8 = 바이트 대부분이 올바른 UTF-8이고 일부만 손상되었습니다
infer-encoding-hangul = { $encoding } 인코딩으로 읽으면 한글이 됩니다
infer-encoding-guess = 글자 분포가 { $encoding } 인코딩에 가장 잘 맞습니다

infer-delimiter-comma = 쉼표
infer-delimiter-tab = 탭
infer-delimiter-semicolon = 세미콜론
infer-delimiter-pipe = 파이프(|)
infer-delimiter-control-a = Ctrl-A
infer-delimiter-other = “{ $character }”
infer-dialect-regular = { $delimiter }: 표본 행의 { $share }가 필드 { $fields }개로 나뉩니다
infer-dialect-single = 행을 고르게 나누는 구분자가 없어 컬럼 하나로 봅니다

infer-header-nothing = 행이 없습니다
infer-header-value = 1행 { $column }열의 “{ $value }” 값은 컬럼 이름이 아닙니다
infer-header-blank = 1행이 비어 있습니다
infer-header-alone = 행이 1행 하나뿐이고 문자열입니다
infer-header-types = 1행의 문자열 “{ $name }” 아래에 { $type } 값이 있습니다
infer-header-long = 1행 { $column }열이 컬럼 이름으로는 너무 깁니다
infer-header-again = 1행의 “{ $value }” 값이 { $row }행에도 나옵니다
infer-header-doubles = 1행에 같은 문자열이 두 번 나옵니다
infer-header-names = 1행의 문자열이 서로 다르고 아래 행에는 나오지 않습니다

infer-type-no-values = string: 값이 없습니다
infer-type-empty-texts = string: 모든 값이 빈 문자열입니다
infer-type-leading-zero = string: { $row }행에 “{ $value }” 값이 있어 숫자로 바꾸면 앞의 0이 사라집니다
infer-type-integers = bigint: 값 { $values }개가 모두 { $low }~{ $high } 범위의 정수입니다
infer-type-integers-nulls = bigint: 값 { $values }개가 모두 { $low }~{ $high } 범위의 정수이고 나머지는 비어 있습니다
infer-type-fraction = double: 값이 모두 숫자이고 { $row }행에 “{ $value }” 값이 있습니다
infer-type-fractions = double: 값 { $values }개가 모두 숫자입니다
infer-type-booleans = boolean: 값 { $values }개가 모두 true 또는 false입니다
infer-type-dates = date: 값 { $values }개가 모두 { $low }~{ $high } 범위의 날짜입니다
infer-type-timestamps = timestamp: 값 { $values }개가 모두 { $low }~{ $high } 범위의 날짜나 시각입니다
infer-type-huge = string: { $row }행의 “{ $value }” 값은 bigint 범위를 넘고, double로 바꾸면 일부 자릿수를 잃습니다
infer-type-mixed = string: { $row }행에 “{ $value }” 값이 있습니다. 그 앞의 값 { $held }개는 모두 { $type } 타입입니다
infer-type-text = string: { $row }행에 “{ $value }” 값이 있습니다
infer-type-known-text = string: 값이 문자열입니다
infer-type-json = { $type }: JSON 값의 타입입니다
infer-type-json-clash = string: { $row }행의 값이 그 앞까지의 { $type } 타입과 맞지 않습니다

infer-empty = 파일이 비어 있습니다(0바이트). 저장할 내용이 없으니 다른 파일을 선택하세요.
infer-blank = 빈 줄만 있는 파일입니다. 테이블로 읽을 내용이 없습니다.
infer-header-only = 컬럼 이름 { $columns }개만 있고 데이터 행이 없습니다. 저장할 수는 있지만 쿼리 결과는 비어 있습니다.
infer-no-records = JSON 레코드가 없습니다.
infer-no-table = 테이블이 아니라 { $kind }입니다. 그대로 저장할 수는 있지만 카탈로그에 등록할 수 없습니다.
infer-spreadsheet = 테이블이 아니라 Excel 통합 문서입니다. 그대로 저장할 수 있습니다. 여기서 컬럼을 보려면 Excel에서 시트를 “CSV UTF-8”로 저장하세요.
infer-packed = { $kind }입니다. 그대로 저장할 수 있습니다. 여기서 컬럼을 보려면 먼저 압축을 푸세요.
infer-extension = 확장자는 .{ $extension }이지만 내용은 { $kind }입니다.
infer-ragged = 필드가 { $expected }개가 아닌 행이 { $rows }개 있습니다. 첫 번째는 필드가 { $fields }개인 { $row }행입니다. 행(필드 수): { $places }. 파일을 고치거나, 필드 수가 다른 행의 처리 방법을 ‘필드 수 맞추기’ 또는 ‘건너뛰기’로 선택하세요.
infer-quote-open = { $row }행 { $column }열에서 시작한 따옴표가 끝까지 닫히지 않았습니다. 파일이 잘렸거나 따옴표가 잘못 들어갔습니다. 그 행을 고치거나 따옴표 처리를 끄세요.
infer-cut-off = 파일이 { $row }행 중간에서 끝납니다. 잘린 파일로 보입니다.
infer-record-too-long = { $row }행이 { $limit }보다 깁니다({ $column }열). 테이블이 아니거나 구분자 또는 줄바꿈 방식이 다릅니다.
infer-record-too-long-quoted = { $row }행이 { $limit }보다 깁니다. { $column }열의 따옴표가 닫히지 않은 것 같습니다. 그 행을 고치거나 따옴표 처리를 끄세요.
infer-name-empty = { $column }열에 이름이 없어 카탈로그에는 { $name } 컬럼으로 등록합니다.
infer-name-double = { $column }열(“{ $written }”)의 이름이 다른 컬럼과 겹쳐 카탈로그에는 { $name } 컬럼으로 등록합니다.
infer-nul = { $row }행 { $column }열에 NUL 문자가 있습니다. 여기서 읽기를 멈추는 리더도 있습니다.
infer-invalid = 올바른 { $encoding } 문자가 아닌 바이트가 { $count }곳 있습니다. 첫 번째는 { $row }행 { $column }열(바이트 위치 { $offset })입니다. 다른 인코딩을 선택하거나 파일을 고치세요.
infer-not-utf8 = 텍스트 인코딩이 { $encoding }입니다. Athena는 UTF-8만 읽으므로, 파일을 그대로 두지 않는 한 UTF-8로 변환해 저장합니다.
infer-line-breaks = 따옴표 안에 줄바꿈이 있는 행이 { $rows }개 있습니다. Athena의 CSV 리더는 이런 행을 읽지 못합니다.
infer-override-mismatch = { $row }행 { $name } 컬럼의 “{ $value }” 값은 { $type } 타입이 아닙니다. string을 선택하거나 이 값을 NULL로 지정하세요.

infer-json-broken = 올바른 JSON이 아닌 레코드가 { $rows }개 있습니다. 첫 번째는 { $row }번째 줄입니다: { $error }.
infer-json-no-object = JSON 객체가 아닌 레코드가 { $rows }개 있습니다. 첫 번째는 { $row }번째 줄입니다. 객체만 행이 됩니다.
infer-json-too-long = { $row }번째 줄에서 시작하는 레코드가 { $limit }보다 깁니다.
infer-json-cut-off = { $row }번째 줄에서 레코드가 끝나기 전에 파일이 끝납니다. 잘린 파일로 보입니다.
infer-json-many-lines = 레코드가 여러 줄에 걸쳐 있습니다. Athena의 JSON 리더는 한 줄에 레코드 하나만 읽습니다.
infer-json-array = 레코드가 배열 하나에 들어 있습니다. Athena의 JSON 리더는 한 줄에 레코드 하나만 읽습니다.
infer-key-double = “{ $written }” 키가 다른 키와 대소문자만 달라 { $name } 컬럼으로 등록합니다.

infer-advice-line-breaks = 따옴표 안에 줄바꿈이 있는 행이 { $rows }개 있는데 Athena의 CSV 리더는 이런 행을 읽지 못합니다. Parquet에서는 그대로 유지됩니다
infer-advice-newline = 줄이 캐리지 리턴(CR)으로 끝나 Athena의 리더가 잘못 읽습니다. Parquet에는 줄 구분이 없습니다
infer-advice-encoding = 텍스트 인코딩이 { $encoding }인데 Athena는 BOM 없는 UTF-8만 읽습니다
infer-advice-json-array = 레코드가 배열 하나에 들어 있는데 Athena의 JSON 리더는 한 줄에 레코드 하나만 읽습니다
infer-advice-json-lines = 레코드가 여러 줄에 걸쳐 있는데 Athena의 JSON 리더는 한 줄에 레코드 하나만 읽습니다

infer-opencsv = OpenCSVSerDe는 따옴표로 묶인 필드를 읽을 수 있지만, string 컬럼의 빈 필드를 NULL이 아니라 빈 문자열로 읽습니다.
infer-opencsv-nulls = { $name } 컬럼은 string이 됩니다. OpenCSVSerDe는 빈 { $type } 값을 읽지 못하는데 값이 없는 행이 { $nulls }개 있습니다. Parquet에서는 { $type } 타입이 유지됩니다.
infer-opencsv-type = { $name } 컬럼은 string이 됩니다. OpenCSVSerDe가 읽는 { $type } 형식이 이 파일의 형식과 다릅니다. Parquet에서는 { $type } 타입이 유지됩니다.

infer-nested-text = { $name } 컬럼({ $type })은 string이 됩니다. 중첩 값은 json_extract로 읽을 수 있도록 JSON 문자열로 저장합니다.

infer-glue-unknown = AWS 크롤러는 이 파일을 UNKNOWN으로 분류합니다: { $kind }.
infer-glue-quotes = AWS 크롤러는 따옴표를 무시합니다. 따옴표로 묶인 필드 { $fields }개에 따옴표가 그대로 남고, 안에 있는 구분자에서도 나뉩니다.
infer-glue-header-value = AWS 크롤러는 헤더를 찾지 못합니다. 1행에 문자열이 아닌 값이 있습니다.
infer-glue-header-long = AWS 크롤러는 헤더를 찾지 못합니다. 1행 { $column }열이 150자 이상입니다.
infer-glue-header-unfit = AWS 크롤러는 헤더를 찾지 못합니다. 1행 { $column }열에 줄바꿈이나 제어 문자가 있습니다.
infer-glue-header-texts = AWS 크롤러는 헤더를 찾지 못합니다. 아래에 문자열이 아닌 컬럼이 있을 때만 1행을 컬럼 이름으로 봅니다.

infer-differs-reader = 리더: AWS 크롤러는 { $glue }, 권장은 { $ours }입니다. { $why }
infer-differs-quotes = 따옴표로 묶인 필드가 { $fields }개 있는데 LazySimpleSerDe는 따옴표를 해석하지 못합니다
infer-differs-header-kept = 헤더: AWS 크롤러는 1행을 데이터로 읽습니다. { $why }
infer-differs-header-lost = 헤더: AWS 크롤러는 1행을 건너뛰지만 1행도 데이터입니다. { $why }
infer-differs-columns = 컬럼 수: AWS 크롤러는 { $glue }개, 실제 파일은 { $ours }개입니다.
infer-differs-name = 이름: AWS 크롤러는 { $glue }, 권장은 SQL에서 따옴표가 필요 없는 { $ours }입니다.
infer-differs-type = { $name } 컬럼의 타입: AWS 크롤러는 { $glue }, 권장은 { $ours }입니다. { $why }
