# 모든 화면에서 쓰는 말입니다.
text-rows = { $rows }행
