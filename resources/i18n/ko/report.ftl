# 사람이 읽는 보고서: 틀
report-title = 편향 보고서: { $source }
report-subtitle = { $rows }행 · 긍정 레이블: { $label } = { $positive }
report-contents = 목차
report-page = { $page } / { $pages }쪽
report-findings = 발견 사항
report-question = 측정 대상과 조건
report-classes = 레이블 클래스
report-facet = 패싯: { $facet }
report-limits = 한계값
report-method = 읽는 방법
report-cannot = 이 수치로 알 수 없는 것
report-glossary = 지표 이름과 해석

# 숫자로 본 결과
report-tile-groups = 살펴본 그룹
report-tile-fail = 한계값을 넘은 수치
report-tile-warn = 주의가 필요한 수치
report-tile-chance = 넘었으나 유의하지 않음
report-tile-pass = 한계값 이내인 수치
report-findings-none = 통계적으로 유의하게 한계값을 넘은 수치가 없습니다.
report-findings-more = 한계값을 넘은 수치가 { $more }개 더 있습니다. 모든 수치는 아래 표에 있습니다.

# 질문
report-source = 데이터
report-rows = 행 수
report-label = 레이블
report-label-is = { $label }, 긍정 값: { $positive }
report-predicted = 예측 레이블
report-facets = 패싯
report-facet-each = { $facet }: 값 { $values }개를 각각
report-facet-crossed = { $facet }: 값 조합 { $values }개를 각각
report-facet-together = { $facet }: 선택한 값을 한 그룹으로
report-facet-threshold = { $facet }: 임계값을 넘는 행
report-facet-bins = { $facet }: 구간 { $values }개
report-group = 그룹 변수
report-against = 비교 대상
report-against-others = 나머지 전체
report-against-largest = 가장 큰 그룹
report-rules = 계산 방식
report-rules-exact = 정확: 모든 레이블 값에 대한 수학적 정의
report-rules-clarify = SageMaker Clarify와 동일(smclarify 0.5)
report-nulls = 결측값
report-nulls-keep = 별도의 그룹으로 봅니다
report-nulls-leave = 제외합니다
report-confidence = 신뢰 수준
report-confidence-each = 구간마다 { $confidence }
report-confidence-corrected = 한 패싯의 모든 구간을 합쳐 { $confidence }(본페로니 보정)
report-day = 날짜
report-sql = 행을 센 SQL 문입니다. 집계 결과만 전송되었습니다.

# 클래스와 패싯
report-balance-classes = { $label } 클래스의 균등도는 { $entropy }이며(크기가 모두 같으면 100%), 가장 큰 클래스의 행 수는 가장 작은 클래스의 { $ratio }배입니다.
report-class = 클래스
report-class-positive = 긍정
report-share = 비율
report-yes = 예
report-classes-more = 클래스 { $more }개는 표시하지 않았습니다.
report-balance-facet = 그룹 { $groups }개의 균등도는 { $entropy }이며(크기가 모두 같으면 100%), 가장 큰 그룹의 행 수는 가장 작은 그룹의 { $ratio }배입니다.
report-equal-ci = CI는 한 그룹을 나머지 전체와 비교합니다. 그룹 { $groups }개의 크기가 모두 같아도 CI는 각각 { $value }이므로, 0이 아니라 이 값을 기준으로 판단하세요.
report-order-sorted = 원본에 행의 순서가 없으므로 값을 정렬했습니다.
report-groups = { $group }별로 나누어 보기
report-groups-note = 인구통계학적 격차: 불리한 결과에서 해당 그룹이 차지하는 비중에서 유리한 결과에서 차지하는 비중을 뺀 값입니다. 0보다 크면 그 안에서 해당 그룹이 불리합니다.
report-group-value = 그룹
report-group-examined = 해당 그룹의 행
report-group-labels = 레이블 격차
report-group-predictions = 예측 격차
report-group-overall = 나누지 않을 때: { $disparity }

# 지표 표
report-metrics-of = { $facet } 전체 지표
report-metric = 지표
report-figure = 값
report-interval = 신뢰 구간
report-interval-is = { $low } ~ { $high }
report-behind = 근거 행 수
report-mark = 판정
report-meaning = 의미
report-mark-pass = 통과
report-mark-warn = 주의
report-mark-fail = 초과
report-mark-chance = 유의하지 않음
report-mark-none = 값 없음
report-value-about = { $rows }행, 긍정 레이블 { $positive }
report-value-reference = { $rows }행, 긍정 레이블 { $positive }. 다른 그룹을 이 그룹과 비교합니다.
report-values-more = 더 작은 그룹 { $more }개는 생략했습니다(최대 { $shown }개 표시). analysis.json에는 모두 있습니다.
report-clarify-value = Clarify의 값은 { $value }입니다.
report-clarify-error = Clarify에서는 오류가 납니다: { $error }.
report-clarify-nothing = Clarify는 여기에 아무 값도 내지 않습니다.

# 한계값
report-limits-note = 첫 번째 한계값을 넘으면 주의, 두 번째를 넘으면 초과입니다. 한계값을 넘었더라도 신뢰 구간에 ‘차이 없음’이 들어 있으면 유의하지 않은 것으로 셉니다. CI는 균등 분포 대비 그룹 크기로, DI는 5분의 4 규칙과 그 역수로 판정합니다.
report-limit-warn = 주의 기준
report-limit-fail = 초과 기준
report-limit-ci = 균등 분포의 { $share } 미만 또는 { $inverse }배 초과
report-limit-di = { $value } 미만 또는 { $inverse } 초과
report-limit-signed = ±{ $value } 초과
report-limit-above = { $value } 초과

# 계산 방법
report-note-counts = 모든 수치는 전체 행을 패싯, 레이블, 예측, 그룹별로 센 결과에서 나옵니다. 표본을 추출하지 않았습니다.
report-note-exact = 수치는 수학적 정의를 따르며, 발산 지표는 레이블 분포 전체를 비교합니다.
report-note-clarify = 수치는 smclarify 0.5와 완전히 같습니다. 모든 지표에 앞서 레이블을 긍정과 긍정이 아닌 것으로 합치고, 타입과 결측값도 smclarify의 규칙대로 처리합니다.
report-note-sides = 살펴보는 그룹이 d, 비교 대상이 a입니다. ‘근거 행 수’는 d / a이며, 예측에 관한 비율에서는 그 비율의 분모에 해당하는 행만 셉니다.
report-note-intervals = 신뢰 구간은 { $confidence }의 경우에 참값을 포함합니다. CI는 윌슨 구간, 두 비율의 차이는 뉴컴 구간이며, 나머지는 집계를 { $draws }회 다시 추출해 구했습니다(시드 { $seed }).
report-note-newcombe = 신뢰 구간은 { $confidence }의 경우에 참값을 포함합니다. CI는 윌슨 구간, 두 비율의 차이는 뉴컴 구간입니다. 나머지 지표의 구간은 구하지 않았습니다.
report-note-chance = ‘유의하지 않음’은 한계값을 넘었지만 실제로 차이가 없는 데이터에서도 나올 수 있는 수치라는 뜻입니다. 차이가 없다는 뜻은 아닙니다.
report-note-uncorrected = 그룹 { $values }개를 보정 없이 비교했습니다. 실제로 차이가 없어도 비교의 약 { $chance }에서는 차이가 있는 것처럼 보입니다.
report-note-bonferroni = 모든 신뢰 구간이 동시에 성립하도록 그룹 수만큼 구간을 넓혔습니다(본페로니 보정).
report-note-nulls-keep = 패싯 값이 없는 행은 별도의 그룹이며, 레이블이 없으면 긍정이 아닌 것으로 셉니다.
report-note-nulls-leave = 필요한 값이 없는 행은 제외했습니다.
report-note-differs = Clarify의 결과가 다른 경우에는 그 값과 이유를 표에 적었습니다.
report-cannot-cause = 차이가 있다고 해서 부당한 대우가 증명되는 것은 아니며, 차이가 없다고 해서 공정함이 증명되는 것도 아닙니다. 집계에는 원인이 들어 있지 않습니다.
report-cannot-labels = 레이블은 있는 그대로 사용합니다. 레이블 자체가 편향되어 있으면 그 레이블과 일치하는 모델도 편향됩니다.
report-cannot-absent = 데이터에 있는 행만 셌습니다. 데이터에 없는 사람은 이 보고서에도 없습니다.
report-cannot-small = 작은 그룹은 신뢰 구간이 넓습니다. 차이가 보이지 않는다고 해서 차이가 없는 것은 아닙니다.
report-cannot-all = 그룹마다 레이블 비율이 다르면 지표끼리 정의상 서로 모순됩니다. 어느 지표가 중요한지는 계산이 아니라 사람이 정할 문제입니다.

# 지표 이름과 해석
report-long-name = 이름
report-range = 범위
report-reading = 해석
report-read-ci = 0보다 크면 d의 행이 a보다 적습니다.
report-read-dpl = 0보다 크면 d의 긍정 레이블 비율이 낮습니다.
report-read-kl = 0이면 분포가 같고, 상한이 없습니다.
report-read-js = 0이면 분포가 같고, 0.693이면 공통점이 없습니다.
report-read-lp = 0이면 분포가 같고, 1.414이면 공통점이 없습니다.
report-read-tvd = 레이블이 달라져야 하는 행의 비율입니다.
report-read-ks = 한 레이블에서 나타나는 가장 큰 차이입니다.
report-read-cddl = 0보다 크면 그룹 안에서 d의 레이블이 불리합니다.
report-read-dppl = 0보다 크면 d의 긍정 예측 비율이 낮습니다.
report-read-di = 1이면 같고, 0.8보다 작으면 5분의 4 규칙에 어긋납니다.
report-read-dca = 0보다 크면 긍정 예측 1건당 긍정 레이블이 a에 더 많습니다.
report-read-dcr = 0보다 크면 부정 예측 1건당 부정 레이블이 d에 더 많습니다.
report-read-sd = 0보다 크면 실제 부정을 d에서 더 잘 맞힙니다.
report-read-rd = 0보다 크면 실제 긍정을 d에서 덜 찾아냅니다.
report-read-dar = 0보다 크면 d의 긍정 예측이 덜 정확합니다.
report-read-drr = 0보다 크면 d의 부정 예측이 더 정확합니다.
report-read-ad = 0보다 크면 d의 예측이 덜 정확합니다.
report-read-te = 0보다 크면 거짓 양성 1건당 거짓 음성이 d에 더 많습니다.
report-read-cddpl = 0보다 크면 그룹 안에서 d의 예측이 불리합니다.
report-read-ft = 0보다 작으면 d의 긍정 예측이 a의 최근접 이웃보다 적습니다.
report-read-ge = 0이면 예측이 모두에게 레이블과 같은 결과를 줍니다.
