# 테이블 파일에서 생기는 문제.

frame-type-schema = { $type }: 파일에 포함된 스키마의 타입입니다

frame-changed = { $path } 파일이 검사한 뒤에 변경되었습니다(크기가 다름).
frame-no-table = 테이블로 읽을 수 없는 파일입니다({ $kind }).
frame-value = { $row }행 { $column } 컬럼의 “{ $value }” 값은 { $type } 타입이 아닙니다.
frame-ragged = { $row }행의 필드가 { $fields }개입니다({ $expected }개여야 함).
frame-quote-open = { $row }행 { $column }열에서 시작한 따옴표가 닫히지 않았습니다.
frame-too-long = { $row }행이 { $limit }보다 깁니다.
frame-encoding = { $row }행 { $column }열(바이트 위치 { $offset })에 올바르지 않은 { $encoding } 바이트가 있습니다.
frame-json = { $row }번째 줄: { $reason }.
frame-no-column = { $name } 컬럼이 없습니다. 있는 컬럼: { $choices }.
frame-too-many-values = { $column } 컬럼의 고유 값이 { $limit }개를 넘습니다.
frame-too-many-cells = 선택한 컬럼의 값 조합이 { $limit }개를 넘습니다.
frame-unsupported = { $column } 컬럼의 { $type } 타입은 지원하지 않습니다.
frame-no-rows = 선택한 모든 컬럼에 값이 있는 행이 없습니다.
frame-parquet = Parquet 파일이 손상되었거나 지원하지 않는 형식입니다: { $reason }.
frame-cancelled = 취소했습니다.

frame-io-not-found = { $path } 파일이 더 이상 없습니다.
frame-io-unreadable = { $path } 파일을 읽을 권한이 없습니다.
frame-io-unwritable = 이 위치에 쓸 권한이 없습니다.
frame-io-full = 디스크에 남은 공간이 없습니다.
frame-io-folder = { $path }: 파일이 아니라 폴더입니다.
frame-io-read = { $path } 파일을 읽을 수 없습니다: { $reason }.
frame-io-write = 쓰지 못했습니다: { $reason }.

frame-hint-read = 파일이 있는지, 읽을 권한이 있는지 확인하세요.
frame-hint-write = 공간을 확보하거나 다른 위치를 선택하세요. 지금까지 쓴 내용은 사용하지 않습니다.
frame-hint-changed = 파일을 다시 확인한 뒤 다시 시도하세요.
frame-hint-no-table = 그대로 저장하거나 CSV, JSON, Parquet 파일을 선택하세요.
frame-hint-value = 값을 고치거나, 컬럼 타입을 string으로 바꾸거나, 이 값을 NULL로 지정하세요.
frame-hint-ragged = 그 행을 고치거나, 필드 수가 다른 행의 처리 방법을 ‘필드 수 맞추기’ 또는 ‘건너뛰기’로 선택하세요.
frame-hint-quote = 그 행을 고치거나 따옴표 처리를 끄세요.
frame-hint-too-long = 행을 나누거나 파일을 그대로 저장하세요. 닫히지 않은 따옴표 때문에 여러 행이 한 행으로 읽힐 수도 있습니다.
frame-hint-encoding = 다른 인코딩을 선택하거나 파일을 고치세요.
frame-hint-json = 그 레코드를 고치거나 파일을 그대로 저장하세요.
frame-hint-no-column = 있는 컬럼 중에서 선택하세요.
frame-hint-too-many = ID나 긴 텍스트 대신 카테고리처럼 고유 값이 적은 컬럼을 선택하세요.
frame-hint-unsupported = string, bigint, double, boolean, date, timestamp 중에서 선택하거나 이 컬럼을 빼세요.
frame-hint-no-rows = 값이 채워진 컬럼을 선택하세요.
frame-hint-parquet = 파일을 만든 프로그램에서 다시 저장하세요.
