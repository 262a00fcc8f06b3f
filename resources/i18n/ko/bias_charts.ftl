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
report-chart-trend-title = { $value }의 { $metric }: { $from }에서 { $to }로 변화
report-chart-trend-plain = { $facet }별 { $metric }
report-chart-trend-subtitle = { $column }에 따른 { $facet }별 { $name } 및 신뢰구간
report-chart-runs-subtitle = 여러 측정의 { $facet }별 { $name } 및 신뢰구간
report-chart-group-title = { $value }의 격차: 전체 { $overall }, { $group }별로 나누면 { $within }
report-chart-group-plain = { $group }별 { $value }의 격차
report-chart-group-subtitle = { $facet } = { $value }: 불리한 결과에서 차지하는 비중에서 유리한 결과에서 차지하는 비중을 뺀 값
report-chart-group-axis = 격차(0보다 크면 불리)
report-chart-group-overall = 전체 { $value }
report-chart-group-within = 그룹 내 { $value }
report-chart-group-note = { $rows }행 중 { $value } { $examined }행
report-chart-simpson-worse = 심슨의 역설: { $value } 격차가 전체에서는 불리하지만 { $group }별로는 유리합니다
report-chart-simpson-better = 심슨의 역설: { $value } 격차가 전체에서는 유리하지만 { $group }별로는 불리합니다
