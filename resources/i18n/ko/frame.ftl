# 테이블 파일에서 생기는 문제.

frame-type-schema = { $type }: 파일 자체의 스키마에 따릅니다

frame-changed = { $path } 파일의 크기가 확인했을 때와 다릅니다
frame-no-table = 이 파일({ $kind })은 여기서 테이블로 읽을 수 없습니다
frame-value = { $row }행 { $column } 열의 값 “{ $value }”: { $type } 타입이 아닙니다
frame-ragged = { $row }행의 필드 수가 { $fields }개입니다({ $expected }개여야 합니다)
frame-quote-open = { $row }행 { $column }열에서 시작한 따옴표가 닫히지 않았습니다
frame-too-long = { $row }행이 { $limit }보다 깁니다
frame-encoding = { $row }행 { $column }열(바이트 위치 { $offset })의 내용이 올바른 { $encoding } 문자가 아닙니다
frame-json = { $row }번째 줄: { $reason }
frame-no-column = { $name } 열이 없습니다. 있는 열: { $choices }
frame-too-many-values = { $column } 열에 서로 다른 값이 { $limit }개보다 많습니다
frame-too-many-cells = 선택한 열의 값 조합이 { $limit }개보다 많습니다
frame-unsupported = { $column } 열의 타입 { $type }: 여기서는 지원하지 않습니다
frame-no-rows = 선택한 모든 열에 값이 있는 행이 없습니다
frame-parquet = Parquet 파일이 손상되었거나 읽을 수 없는 형식입니다: { $reason }
frame-cancelled = 취소했습니다

frame-io-not-found = { $path } 파일이 더 이상 없습니다
frame-io-unreadable = { $path } 파일을 읽을 권한이 없습니다
frame-io-unwritable = 그 위치에 쓸 권한이 없습니다
frame-io-full = 디스크에 남은 공간이 없습니다
frame-io-folder = { $path }: 파일이 아니라 폴더입니다
frame-io-read = { $path } 파일을 읽을 수 없습니다: { $reason }
frame-io-write = 쓰지 못했습니다: { $reason }

frame-hint-read = 파일이 있는지, 읽을 권한이 있는지 확인하세요.
frame-hint-write = 공간을 확보하거나 다른 위치를 선택하세요. 지금까지 쓴 내용은 사용하지 않습니다.
frame-hint-changed = 파일을 다시 확인한 뒤 한 번 더 시도하세요.
frame-hint-no-table = 그대로 저장하거나 CSV, JSON, Parquet 파일을 선택하세요.
frame-hint-value = 값을 고치거나, 열 타입을 string으로 바꾸거나, 이 텍스트를 NULL로 지정하세요.
frame-hint-ragged = 그 행을 고치거나, 이런 행을 맞추어 읽기 또는 건너뛰기를 선택하세요.
frame-hint-quote = 그 행을 고치거나 따옴표 처리를 끄세요.
frame-hint-encoding = 다른 인코딩을 선택하거나 파일을 고치세요.
frame-hint-json = 그 레코드를 고치거나 파일을 그대로 저장하세요.
frame-hint-no-column = 있는 열 가운데 하나를 선택하세요.
frame-hint-too-many = ID나 긴 텍스트 대신 범주처럼 값의 종류가 적은 열을 선택하세요.
frame-hint-unsupported = string, bigint, double, boolean, date, timestamp 가운데 선택하거나 이 열을 빼세요.
frame-hint-no-rows = 값이 채워진 열을 선택하세요.
frame-hint-parquet = 파일을 만든 프로그램에서 다시 저장하세요.
