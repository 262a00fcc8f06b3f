# 지표 이름
bias-metric-ci = 클래스 불균형
bias-metric-dpl = 레이블의 긍정 비율 차이
bias-metric-kl = 쿨백-라이블러 발산
bias-metric-js = 옌센-섀넌 발산
bias-metric-lp = L-p 노름
bias-metric-tvd = 총 변동 거리
bias-metric-ks = 콜모고로프-스미르노프 거리
bias-metric-cddl = 레이블의 조건부 인구통계학적 격차
bias-metric-dppl = 예측 레이블의 긍정 비율 차이
bias-metric-di = 차별적 영향(DI)
bias-metric-dca = 조건부 승인 차이
bias-metric-dcr = 조건부 거절 차이
bias-metric-sd = 특이도 차이
bias-metric-rd = 재현율 차이
bias-metric-dar = 승인율 차이
bias-metric-drr = 거절률 차이
bias-metric-ad = 정확도 차이
bias-metric-te = 처우 평등
bias-metric-cddpl = 예측 레이블의 조건부 인구통계학적 격차
bias-metric-ft = 플립 테스트
bias-metric-ge = 일반화 엔트로피

# 패싯 값과 레이블 클래스
bias-slice-null = (값 없음)
bias-slice-empty = (빈 문자열)
bias-slice-between = { $above } 초과 { $upto } 이하
bias-slice-above = { $above } 초과
bias-slice-upto = { $upto } 이하
bias-everyone-else = 나머지 전체
bias-class-positive = 긍정

# 지표가 뜻하는 것
bias-meaning-ci-under = { $value }: 과소 대표되어 있습니다. 전체 { $total }행 중 { $rows }행({ $share })이며, 그룹 크기가 모두 같다면 { $equal }행이어야 합니다.
bias-meaning-ci-over = { $value }: 과대 대표되어 있습니다. 전체 { $total }행 중 { $rows }행({ $share })이며, 그룹 크기가 모두 같다면 { $equal }행이어야 합니다.
bias-meaning-ci-even = { $value }: 균등한 몫에 가깝습니다. 전체 { $total }행 중 { $rows }행({ $share })이며, 그룹 크기가 모두 같다면 { $equal }행입니다.
bias-meaning-dpl-fewer = { $value }: 긍정 레이블 비율이 { $share }로, { $others }의 { $other }보다 낮습니다.
bias-meaning-dpl-more = { $value }: 긍정 레이블 비율이 { $share }로, { $others }의 { $other }보다 높습니다.
bias-meaning-dpl-same = { $value }: 긍정 레이블 비율이 { $share }로, { $others }의 비율과 같습니다.
bias-meaning-alike = { $value }: 레이블 분포가 { $others }의 분포와 같습니다.
bias-meaning-kl = { $value }: 레이블 분포가 { $others }의 분포에서 { $metric }냇(nat)만큼 벗어나 있습니다. 차이가 가장 큰 레이블은 { $class }이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-kl-infinite = { $value }: { $others }에 있는 레이블 { $class } 행이 하나도 없어 발산이 무한대입니다.
bias-meaning-js = { $value }: 레이블 분포와 { $others }의 분포 간 차이가 가능한 최댓값의 { $part }입니다. 차이가 가장 큰 레이블은 { $class }이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-lp = { $value }: 레이블 비율과 { $others }의 비율 간 거리는 { $metric }입니다(0이면 같고 최댓값은 1.414). 차이가 가장 큰 레이블은 { $class }이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-tvd = { $value }: { $others }의 분포와 같아지려면 { $rows }행 중 약 { $count }행({ $part })의 레이블이 달라져야 합니다.
bias-meaning-ks = { $value }: { $others }의 분포와 가장 크게 다른 레이블은 { $class }이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-cddl-worse = { $value }: { $group } 그룹 안에서 보면, 긍정 레이블에서 차지하는 몫보다 그 밖의 레이블에서 차지하는 몫이 평균 { $points }%p 더 큽니다.
bias-meaning-cddl-better = { $value }: { $group } 그룹 안에서 보면, 긍정 레이블에서 차지하는 몫보다 그 밖의 레이블에서 차지하는 몫이 평균 { $points }%p 더 작습니다.
bias-meaning-cddl-same = { $value }: { $group } 그룹 안에서 보면, 긍정 레이블에서 차지하는 몫과 그 밖의 레이블에서 차지하는 몫이 같습니다.
bias-meaning-dppl-fewer = { $value }: 긍정 예측 비율이 { $share }로, { $others }의 { $other }보다 낮습니다.
bias-meaning-dppl-more = { $value }: 긍정 예측 비율이 { $share }로, { $others }의 { $other }보다 높습니다.
bias-meaning-dppl-same = { $value }: 긍정 예측 비율이 { $share }로, { $others }의 비율과 같습니다.
bias-meaning-di = { $value }: 긍정 예측 비율이 { $others }의 { $ratio }배입니다({ $share } 대 { $other }).
bias-meaning-di-infinite = { $value }: 긍정 예측 비율이 { $share }인 반면, { $others } 중에는 긍정으로 예측된 행이 없습니다.
bias-meaning-dca = { $value }: 긍정 예측 1건당 긍정 레이블이 { $ours }건이며, { $others }의 경우 { $theirs }건입니다.
bias-meaning-dcr = { $value }: 긍정이 아닌 예측 1건당 긍정이 아닌 레이블이 { $ours }건이며, { $others }의 경우 { $theirs }건입니다.
bias-meaning-sd = { $value }: 실제로 긍정이 아닌 행 중 모델이 맞힌 비율이 { $share }이며, { $others }의 경우 { $other }입니다.
bias-meaning-rd = { $value }: 실제로 긍정인 행 중 모델이 찾아낸 비율이 { $share }이며, { $others }의 경우 { $other }입니다.
bias-meaning-dar = { $value }: 모델이 긍정이라고 예측했을 때 맞은 비율이 { $share }이며, { $others }의 경우 { $other }입니다.
bias-meaning-drr = { $value }: 모델이 긍정이 아니라고 예측했을 때 맞은 비율이 { $share }이며, { $others }의 경우 { $other }입니다.
bias-meaning-ad = { $value }: 모델의 정확도가 { $share }이며, { $others }의 경우 { $other }입니다.
bias-meaning-te = { $value }: 거짓 긍정 1건당 거짓 부정이 { $ours }건이며, { $others }의 경우 { $theirs }건입니다.
bias-meaning-cddpl-worse = { $value }: { $group } 그룹 안에서 보면, 긍정 예측에서 차지하는 몫보다 그 밖의 예측에서 차지하는 몫이 평균 { $points }%p 더 큽니다.
bias-meaning-cddpl-better = { $value }: { $group } 그룹 안에서 보면, 긍정 예측에서 차지하는 몫보다 그 밖의 예측에서 차지하는 몫이 평균 { $points }%p 더 작습니다.
bias-meaning-cddpl-same = { $value }: { $group } 그룹 안에서 보면, 긍정 예측에서 차지하는 몫과 그 밖의 예측에서 차지하는 몫이 같습니다.
bias-meaning-ft-fewer = { $value }: { $others } 중 가장 가까운 이웃과 같은 대우를 받았다면 순비율 { $share }만큼 더 긍정으로 예측되었을 것입니다.
bias-meaning-ft-more = { $value }: { $others } 중 가장 가까운 이웃과 비교하면 순비율 { $share }만큼 더 긍정으로 예측되었습니다.
bias-meaning-ft-same = { $value }: { $others } 중 가장 가까운 이웃과 같은 예측을 받았습니다.
bias-meaning-ge = 전체 예측 { $rows }건 중 { $high }건은 레이블보다 유리하고 { $low }건은 불리합니다.

# 값이 없는 이유
bias-undefined-facet-empty = 이 패싯 값을 가진 행이 없습니다.
bias-undefined-rest-empty = 비교할 다른 행이 없습니다.
bias-undefined-no-common-label = 양쪽에 공통으로 나타나는 레이블이 없습니다.
bias-undefined-no-group-variable = 이 지표를 보려면 그룹 변수를 선택하십시오.
bias-undefined-group-nulls = 그룹 변수에 값이 없는 행이 있으며, Clarify는 이를 문자열과 함께 정렬하지 못합니다.
bias-undefined-no-positives = 긍정인 행이 없습니다.
bias-undefined-no-negatives = 모든 행이 긍정입니다.
bias-undefined-no-comparable-group = 긍정인 행과 그 밖의 행이 모두 있는 그룹이 없습니다.
bias-undefined-nobody-predicted-positive = 긍정으로 예측된 행이 없어 비율을 구할 수 없습니다.
bias-undefined-none-examined = 조사 대상 그룹에 { $base } 행이 없어 비교할 비율이 없습니다.
bias-undefined-none-others = 비교 대상 행 중 { $base } 행이 없어 비교할 비율이 없습니다.
bias-undefined-both-infinite = 두 비율이 모두 무한대여서 차이를 구할 수 없습니다.
bias-undefined-only-false-negatives = 모든 예측이 거짓 부정입니다.
bias-undefined-no-predictions = 예측이 없습니다.
bias-base-positive-labels = 긍정 레이블
bias-base-negative-labels = 긍정이 아닌 레이블
bias-base-positive-predictions = 긍정 예측
bias-base-negative-predictions = 긍정이 아닌 예측
bias-base-errors = 잘못된 예측

# Clarify와 다른 점
bias-differs-nulls = 값이 없는 행을 다루는 방식이 다릅니다. Clarify는 레이블이 없으면 긍정이 아닌 것으로 세고, 패싯 값이 없는 행은 찾지 못합니다.
bias-differs-types = Clarify는 이 열의 유형을 다르게 판단하므로 긍정 값이나 패싯 값도 다르게 적용됩니다.
bias-differs-group-nulls = 그룹 변수에 값이 없는 문자열이 있으면 Clarify는 계산에 실패합니다.
bias-differs-empty-side = 한쪽이 비어 있으면 Clarify는 클래스 불균형 값을 내지 않습니다.
bias-differs-collapsed = Clarify는 먼저 모든 레이블을 긍정과 그 밖으로 합칩니다. 이 값은 모든 클래스를 비교한 것입니다.
bias-differs-truncated = Clarify는 한쪽에만 나타나는 레이블을 합계에서 제외합니다.
bias-differs-one-sided-groups = 결과가 한 종류뿐인 그룹에서 Clarify는 없는 쪽의 비율을 0으로 셉니다. 여기서는 그런 그룹을 제외합니다.
bias-differs-zero-by-zero = Clarify는 0을 0으로 나눈 값과 무한대에서 무한대를 뺀 값을 0으로 봅니다.

# 전체에 대한 설명
bias-remark-one-value = { $facet }: 값이 하나뿐이어서 비교할 대상이 없습니다.
bias-remark-chance = { $facet }: 레이블 차이 { $all }개 중 { $chance }개는 우연과 구별할 수 없습니다.
bias-remark-chance-predicted = { $facet }: 예측 차이 { $all }개 중 { $chance }개는 우연과 구별할 수 없습니다.
bias-remark-simpson-worse = { $value }: 전체로 보면 { $overall }%p 불리하지만 { $group } 그룹 안에서는 { $within }%p 유리합니다(심슨의 역설).
bias-remark-simpson-better = { $value }: 전체로 보면 { $overall }%p 유리하지만 { $group } 그룹 안에서는 { $within }%p 불리합니다(심슨의 역설).
bias-remark-left-out = { $facet }: 패싯 값이 없는 { $facets }행과 레이블이 없는 { $labels }행을 제외했습니다.
bias-remark-clarify = { $facet }: 비교할 Clarify 값이 없습니다. { $why }

# 답할 수 없는 이유와 대신 고를 것
bias-error-no-facet = 패싯을 선택하지 않았습니다.
bias-error-no-column = 데이터에 { $column } 열이 없습니다.
bias-error-label-is-facet = { $column } 열이 레이블이면서 동시에 패싯입니다.
bias-error-no-rows = 데이터에 행이 없습니다.
bias-error-all-null = { $column } 열은 모든 행에 값이 없습니다.
bias-error-no-positive = 긍정 레이블을 선택하지 않았습니다.
bias-error-positive-missing = { $column } 열에 { $wanted } 레이블이 없습니다.
bias-error-predictions-unlike = { $column } 열의 예측({ $present }) 중 레이블과 같은 값이 없습니다.
bias-error-facet-value-missing = { $column } 열에 { $wanted } 값을 가진 행이 없습니다.
bias-error-not-a-number = { $column } 열의 값 "{ $value }"은(는) 숫자가 아니므로 임곗값과 비교할 수 없습니다.
bias-error-bad-bins = { $column } 열의 구간 경계는 점점 커지는 숫자여야 합니다.
bias-error-too-many-values = { $column } 열에 값이 { $values }개 있습니다. 최대 { $limit }개까지 조사할 수 있습니다.
bias-error-too-many-classes = 레이블 { $column } 열에 서로 다른 값이 { $values }개 있습니다. 클래스는 최대 { $limit }개입니다.
bias-error-reference-missing = { $column } 열에 비교 기준으로 쓸 { $wanted } 값이 없습니다.
bias-error-bad-confidence = 신뢰 수준은 0%와 100% 사이여야 합니다.
bias-error-intersection = 교차 패싯 { $columns }에는 모든 값 조합이 들어갑니다.
bias-error-beyond-clarify = Clarify에는 교차 패싯, 구간, 기준 그룹이 없습니다.
bias-error-clarify-fails = Clarify 작업이 다음 오류로 실패합니다: { $words }
bias-hint-no-facet = 그룹을 비교할 열을 선택하십시오.
bias-hint-no-column = 현재 있는 열 중에서 선택하십시오. 열 이름이 바뀌었거나 삭제되었을 수 있습니다.
bias-hint-label-is-facet = 다른 열을 패싯으로 선택하십시오. 그룹을 나누는 열로 그 그룹을 비교할 수는 없습니다.
bias-hint-all-null = 값이 있는 열을 선택하십시오.
bias-hint-no-positive = 바람직한 레이블 값이나 임곗값을 선택하십시오.
bias-hint-present = 실제로 있는 값: { $present }
bias-hint-predictions-unlike = 레이블과 같은 형식으로 모델의 예측이 들어 있는 열을 선택하십시오. 확률이라면 임곗값을 선택하십시오.
bias-hint-not-a-number = 임곗값 대신 값을 선택하거나 열을 숫자로 변환하십시오.
bias-hint-too-many-values = 값을 몇 개만 고르거나, 숫자라면 구간을 나누거나, 값이 더 적은 열을 선택하십시오.
bias-hint-too-many-classes = 임곗값을 선택하면 그보다 큰 레이블이 긍정이 됩니다.
bias-hint-exact-mode = 정확 모드를 사용하면 측정할 수 있습니다.

# 규칙과 게이트
bias-rule-bad = "{ $rule }"은(는) 올바른 규칙이 아닙니다. |DPL|>0.1 또는 DI<0.8처럼 쓰십시오.
bias-rule-metric = 규칙 "{ $rule }"에 나온 { $metric } 지표는 없습니다.
bias-gate-broken = { $facet }의 { $value }: { $metric } 값이 { $found }이며 규칙 { $rule }에 어긋납니다.

# Clarify 구성 파일
bias-config-not-json = 구성 파일이 JSON 형식이 아닙니다({ $line }번째 줄, { $column }번째 열): { $words }
bias-config-unknown-field = 구성 파일에 Clarify가 모르는 필드가 있습니다: { $field }({ $line }번째 줄, { $column }번째 열)
bias-config-missing-field = 구성 파일에 { $field } 필드가 없습니다.
bias-config-wrong-value = 구성 파일에 잘못된 값이 있습니다({ $line }번째 줄, { $column }번째 열): { $words }
bias-config-index-without-headers = 구성 파일에서 열을 순번 { $index }(으)로 지정했지만 headers가 없습니다.
bias-config-index-out-of-range = 구성 파일에서 열을 순번 { $index }(0부터 셈)(으)로 지정했지만 headers는 { $headers }개뿐입니다.
bias-config-no-predictions = 구성 파일이 학습 후 지표를 요청하지만 예측 레이블을 지정하지 않았습니다.
bias-config-no-metrics = 구성 파일이 편향 지표를 요청하지 않습니다.
bias-config-misplaced-metric = 구성 파일의 { $metric } 지표가 잘못된 단계에 있습니다. 학습 전 지표는 레이블을, 학습 후 지표는 예측을 설명합니다.
bias-config-beyond-clarify = Clarify 구성 파일로는 패싯 { $facet }을(를) 나타낼 수 없습니다. 교차 패싯과 구간을 지원하지 않습니다.
