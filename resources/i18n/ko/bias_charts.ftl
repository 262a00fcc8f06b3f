# 측정 차트.
report-chart-footer = { $source } · { $rows }행
report-chart-rows = 행 수
report-chart-share = 행 비율
report-chart-rest = 기타 { $values }개
report-chart-equal-share = 균등 분포 { $rows }
report-chart-equal-ci = 균등 분포 시 { $value }
report-chart-imbalance-title = { $value }: 전체 { $all }행 중 { $rows }행
report-chart-imbalance-even = { $facet } 값 { $values }개가 모두 { $rows }행씩입니다
report-chart-imbalance-subtitle = { $facet }별 행 수
report-chart-imbalance-note = 전체 행의 { $share }, 균등 분포의 { $times }배
report-chart-label = { $label } = { $value }
report-chart-labels-title = 긍정 레이블 비율: { $most } { $share }, { $fewest } { $other }
report-chart-labels-subtitle = { $facet }별 { $label } 비율
report-chart-metric-title = { $metric }: 값 { $all }개 중 { $beyond }개가 허용 범위 벗어남
report-chart-metric-subtitle = { $facet }별 { $label }의 { $name } 및 신뢰구간
report-chart-band-good = 허용 범위
report-chart-band-bad = 벗어남
report-chart-doubtful = 통계적으로 유의하지 않음
report-chart-heat-title = { $facet } 값 { $values }개의 지표 { $metrics }개
report-chart-heat-subtitle = { $label }의 편향. 색은 지표마다 가장 큰 값에서 가장 진합니다
report-chart-heat-low = 유리함
report-chart-heat-high = 불리함
