# 모든 화면에서 쓰는 말입니다.
text-rows = { $rows }행
text-copy-value = 값 복사
text-copy-row = 행 복사
text-copy-all = 표시된 모든 행 복사
