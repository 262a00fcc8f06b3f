# 지표 이름
bias-metric-ci = 클래스 불균형
bias-metric-dpl = 긍정 레이블 비율 차이
bias-metric-kl = 쿨백-라이블러 발산
bias-metric-js = 젠슨-섀넌 발산
bias-metric-lp = Lp 노름
bias-metric-tvd = 총변동 거리
bias-metric-ks = 콜모고로프-스미르노프 거리
bias-metric-cddl = 레이블의 조건부 인구통계학적 격차
bias-metric-dppl = 긍정 예측 비율 차이
bias-metric-di = 차별적 영향
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
bias-meaning-ci-under = { $value }: 과소 대표됩니다. 전체 { $total }행 중 { $rows }행({ $share })이며, 그룹 크기가 모두 같다면 { $equal }행씩입니다.
bias-meaning-ci-over = { $value }: 과대 대표됩니다. 전체 { $total }행 중 { $rows }행({ $share })이며, 그룹 크기가 모두 같다면 { $equal }행씩입니다.
bias-meaning-ci-even = { $value }: 균등 분포에 가깝습니다. 전체 { $total }행 중 { $rows }행({ $share })이며, 그룹 크기가 모두 같다면 { $equal }행씩입니다.
bias-meaning-dpl-fewer = { $value }: 긍정 레이블 비율이 { $share }로, { $others }의 { $other }보다 낮습니다.
bias-meaning-dpl-more = { $value }: 긍정 레이블 비율이 { $share }로, { $others }의 { $other }보다 높습니다.
bias-meaning-dpl-same = { $value }: 긍정 레이블 비율이 { $share }로, { $others }의 비율과 같습니다.
bias-meaning-alike = { $value }: 레이블 분포가 { $others }의 분포와 비슷합니다.
bias-meaning-kl = { $value }: { $others }의 레이블 분포와의 발산이 { $metric } nat입니다. 차이가 가장 큰 레이블은 “{ $class }”이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-kl-infinite = { $value }: 레이블 “{ $class }”인 행이 하나도 없습니다. 이 레이블이 { $others }에는 있으므로 발산이 무한대입니다.
bias-meaning-js = { $value }: { $others }의 레이블 분포와의 차이가 최댓값의 { $part }입니다. 차이가 가장 큰 레이블은 “{ $class }”이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-lp = { $value }: { $others }의 레이블 비율과의 거리가 { $metric }입니다(같으면 0, 최댓값은 1.414). 차이가 가장 큰 레이블은 “{ $class }”이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-tvd = { $value }: { $others }의 분포와 같아지려면 { $rows }행 중 약 { $count }행({ $part })의 레이블이 달라져야 합니다.
bias-meaning-ks = { $value }: { $others }의 분포와 차이가 가장 큰 레이블은 “{ $class }”이며, 비율은 { $share } 대 { $other }입니다.
bias-meaning-cddl-worse = { $value }: { $group }별로 나누어 보면, 긍정이 아닌 레이블에서 차지하는 비중이 긍정 레이블에서 차지하는 비중보다 평균 { $points }%p 높습니다.
bias-meaning-cddl-better = { $value }: { $group }별로 나누어 보면, 긍정이 아닌 레이블에서 차지하는 비중이 긍정 레이블에서 차지하는 비중보다 평균 { $points }%p 낮습니다.
bias-meaning-cddl-same = { $value }: { $group }별로 나누어 보면, 긍정 레이블에서 차지하는 비중과 긍정이 아닌 레이블에서 차지하는 비중이 같습니다.
bias-meaning-dppl-fewer = { $value }: 긍정 예측 비율이 { $share }로, { $others }의 { $other }보다 낮습니다.
bias-meaning-dppl-more = { $value }: 긍정 예측 비율이 { $share }로, { $others }의 { $other }보다 높습니다.
bias-meaning-dppl-same = { $value }: 긍정 예측 비율이 { $share }로, { $others }의 비율과 같습니다.
bias-meaning-di = { $value }: 긍정 예측 비율이 { $others }의 { $ratio }배입니다({ $share } 대 { $other }).
bias-meaning-di-infinite = { $value }: 긍정 예측 비율이 { $share }인 반면, { $others } 중에는 긍정으로 예측된 행이 없습니다.
bias-meaning-dca = { $value }: 긍정 예측 1건당 긍정 레이블이 { $ours }건입니다. { $others }의 경우 { $theirs }건입니다.
bias-meaning-dcr = { $value }: 긍정이 아닌 예측 1건당 긍정이 아닌 레이블이 { $ours }건입니다. { $others }의 경우 { $theirs }건입니다.
bias-meaning-sd = { $value }: 실제로 긍정이 아닌 행 중 모델이 맞힌 비율이 { $share }입니다. { $others }의 경우 { $other }입니다.
bias-meaning-rd = { $value }: 실제로 긍정인 행 중 모델이 찾아낸 비율이 { $share }입니다. { $others }의 경우 { $other }입니다.
bias-meaning-dar = { $value }: 모델이 긍정으로 예측한 행 중 맞은 비율이 { $share }입니다. { $others }의 경우 { $other }입니다.
bias-meaning-drr = { $value }: 모델이 긍정이 아니라고 예측한 행 중 맞은 비율이 { $share }입니다. { $others }의 경우 { $other }입니다.
bias-meaning-ad = { $value }: 모델의 정확도가 { $share }입니다. { $others }의 경우 { $other }입니다.
bias-meaning-te = { $value }: 거짓 양성(FP) 1건당 거짓 음성(FN)이 { $ours }건입니다. { $others }의 경우 { $theirs }건입니다.
bias-meaning-cddpl-worse = { $value }: { $group }별로 나누어 보면, 긍정이 아닌 예측에서 차지하는 비중이 긍정 예측에서 차지하는 비중보다 평균 { $points }%p 높습니다.
bias-meaning-cddpl-better = { $value }: { $group }별로 나누어 보면, 긍정이 아닌 예측에서 차지하는 비중이 긍정 예측에서 차지하는 비중보다 평균 { $points }%p 낮습니다.
bias-meaning-cddpl-same = { $value }: { $group }별로 나누어 보면, 긍정 예측에서 차지하는 비중과 긍정이 아닌 예측에서 차지하는 비중이 같습니다.
bias-meaning-ft-fewer = { $value }: { $others } 중 최근접 이웃과 같은 예측을 받았다면 순 { $share }만큼 긍정 예측이 더 많았을 것입니다.
bias-meaning-ft-more = { $value }: { $others } 중 최근접 이웃과 비교하면 긍정 예측이 순 { $share }만큼 더 많습니다.
bias-meaning-ft-same = { $value }: { $others } 중 최근접 이웃과 비교해 긍정 예측이 더 많지도 적지도 않습니다.
bias-meaning-ge = 전체 예측 { $rows }건 중 { $high }건은 실제 레이블보다 유리하고 { $low }건은 불리합니다.

# 값이 없는 이유
bias-undefined-facet-empty = 이 패싯 값을 가진 행이 없습니다.
bias-undefined-rest-empty = 비교할 다른 행이 없습니다.
bias-undefined-no-common-label = 양쪽에 공통으로 나타나는 레이블이 없습니다.
bias-undefined-no-group-variable = 이 지표를 보려면 그룹 변수를 선택하세요.
bias-undefined-group-nulls = 그룹 변수에 값이 없는 행이 있습니다. Clarify는 결측값과 문자열을 함께 정렬하지 못합니다.
bias-undefined-group-order = 불리언 그룹 변수에 값이 없는 행이 있습니다. 이 경우 Clarify의 값은 행의 순서에 따라 달라집니다.
bias-undefined-no-positives = 긍정인 행이 없습니다.
bias-undefined-no-negatives = 모든 행이 긍정입니다.
bias-undefined-no-comparable-group = 긍정인 행과 그 밖의 행이 모두 있는 그룹이 없습니다.
bias-undefined-nobody-predicted-positive = 긍정으로 예측된 행이 없어 비율을 구할 수 없습니다.
bias-undefined-none-examined = 살펴보는 그룹에 { $base } 행이 없어 비교할 비율이 없습니다.
bias-undefined-none-others = 비교 대상에 { $base } 행이 없어 비교할 비율이 없습니다.
bias-undefined-both-infinite = 두 비율이 모두 무한대여서 차이를 구할 수 없습니다.
bias-undefined-only-false-negatives = 모든 예측이 거짓 음성(FN)입니다.
bias-undefined-no-predictions = 예측이 없습니다.
bias-undefined-flip-numbers = Clarify의 플립 테스트는 숫자 컬럼만 지원하는데, 다른 컬럼에 문자열이 있습니다.
bias-undefined-flip-values = Clarify의 플립 테스트는 결측값이 있는 행을 처리하지 못합니다.
bias-undefined-flip-features = 최근접 이웃을 찾는 데 쓸 다른 컬럼이 없습니다.
bias-undefined-flip-not-drawn = 플립 테스트를 위해 추출한 행 중에 이 패싯 값을 가진 행이 없습니다.
bias-base-positive-labels = 긍정 레이블
bias-base-negative-labels = 긍정이 아닌 레이블
bias-base-positive-predictions = 긍정 예측
bias-base-negative-predictions = 긍정이 아닌 예측
bias-base-errors = 잘못된 예측

# Clarify와 다른 점
bias-differs-nulls = Clarify는 값이 없는 행을 다르게 셉니다. 레이블이 없으면 긍정이 아닌 것으로 세고, 패싯 값이 없는 행은 찾지 못합니다.
bias-differs-types = Clarify는 이 컬럼의 타입을 다르게 판단하므로 긍정 값이나 패싯 값도 달라집니다.
bias-differs-group-nulls = 문자열 그룹 변수에 결측값이 있으면 Clarify는 실패합니다.
bias-differs-empty-side = 한쪽이 비어 있으면 Clarify는 클래스 불균형 값을 내지 않습니다.
bias-differs-collapsed = Clarify는 먼저 모든 레이블을 긍정과 긍정이 아닌 것으로 합칩니다. 이 값은 모든 클래스를 비교한 것입니다.
bias-differs-truncated = Clarify는 한쪽에만 나타나는 레이블을 합계에서 제외합니다.
bias-differs-one-sided-groups = 결과가 한 종류뿐인 그룹에서 Clarify는 없는 쪽의 비중을 0으로 봅니다. 여기서는 그런 그룹을 제외합니다.
bias-differs-flip-test = Clarify의 코드는 플립 테스트의 부호가 문서와 반대이고, 숫자를 표준화하지 않고 비교하며, 문자열 컬럼이 있으면 실패합니다.
bias-differs-zero-by-zero = Clarify는 0을 0으로 나눈 값과 무한대에서 무한대를 뺀 값을 0으로 봅니다.

# 전체에 대한 설명
bias-remark-one-value = { $facet }: 값이 하나뿐이어서 비교할 대상이 없습니다.
bias-remark-chance = { $facet }: 레이블 차이 { $all }개 중 { $chance }개는 통계적으로 유의하지 않습니다.
bias-remark-chance-predicted = { $facet }: 예측 차이 { $all }개 중 { $chance }개는 통계적으로 유의하지 않습니다.
bias-remark-simpson-worse = { $value }: 전체로 보면 { $overall }%p 불리하지만 { $group }별로 나누어 보면 { $within }%p 유리합니다(심슨의 역설).
bias-remark-simpson-better = { $value }: 전체로 보면 { $overall }%p 유리하지만 { $group }별로 나누어 보면 { $within }%p 불리합니다(심슨의 역설).
bias-remark-left-out = { $facet }: 패싯 값이 없는 { $facets }행과 레이블이 없는 { $labels }행을 제외했습니다.
bias-remark-clarify = { $facet }: 비교할 Clarify 값이 없습니다. { $why }

# 답할 수 없는 이유와 대신 고를 것
bias-error-no-facet = 패싯을 선택하지 않았습니다.
bias-error-no-column = 데이터에 { $column } 컬럼이 없습니다.
bias-error-label-is-facet = { $column } 컬럼이 레이블이면서 동시에 패싯입니다.
bias-error-no-rows = 데이터에 행이 없습니다.
bias-error-all-null = { $column } 컬럼은 모든 행에 값이 없습니다.
bias-error-no-positive = 긍정 레이블을 선택하지 않았습니다.
bias-error-positive-missing = { $column } 컬럼에 “{ $wanted }” 레이블이 없습니다.
bias-error-predictions-unlike = { $column } 컬럼의 예측({ $present }) 중 레이블과 일치하는 값이 없습니다.
bias-error-facet-value-missing = { $column } 컬럼에 “{ $wanted }” 값을 가진 행이 없습니다.
bias-error-not-a-number = { $column } 컬럼의 “{ $value }” 값은 숫자가 아니므로 임계값과 비교할 수 없습니다.
bias-error-bad-bins = { $column } 컬럼의 구간 경계는 점점 커지는 숫자여야 합니다.
bias-error-too-many-values = { $column } 컬럼의 고유 값이 { $values }개입니다. 최대 { $limit }개까지 살펴볼 수 있습니다.
bias-error-too-many-classes = 레이블 컬럼 { $column }의 고유 값이 { $values }개입니다. 클래스는 최대 { $limit }개입니다.
bias-error-reference-missing = { $column } 컬럼에 비교 기준이 될 “{ $wanted }” 값이 없습니다.
bias-error-too-many-buckets = { $column } 컬럼의 시간 구간이 { $buckets }개입니다. 최대 { $limit }개까지 표시합니다.
bias-error-bad-confidence = 신뢰 수준은 0%와 100% 사이여야 합니다.
bias-error-intersection = 교차 패싯({ $columns })에서는 항상 모든 값 조합을 살펴봅니다.
bias-error-beyond-clarify = Clarify는 교차 패싯, 구간, 기준 그룹을 지원하지 않습니다.
bias-error-clarify-fails = Clarify 작업이 실패하는 조건입니다: { $words }
bias-hint-no-facet = 그룹을 비교할 컬럼을 선택하세요.
bias-hint-no-column = 있는 컬럼 중에서 선택하세요. 컬럼 이름이 바뀌었거나 컬럼이 삭제되었을 수 있습니다.
bias-hint-label-is-facet = 다른 컬럼을 패싯으로 선택하세요. 그룹을 나누는 컬럼으로 그 그룹을 비교할 수는 없습니다.
bias-hint-all-null = 값이 있는 컬럼을 선택하세요.
bias-hint-no-positive = 바람직한 결과에 해당하는 레이블 값이나 임계값을 선택하세요.
bias-hint-present = 있는 값: { $present }
bias-hint-predictions-unlike = 레이블과 같은 형식으로 모델의 예측 레이블이 들어 있는 컬럼을 선택하세요. 확률이라면 임계값을 선택하세요.
bias-hint-not-a-number = 임계값 대신 값을 선택하거나 컬럼을 숫자로 변환하세요.
bias-hint-too-many-values = 값을 몇 개만 선택하거나, 숫자라면 구간으로 나누거나, 고유 값이 더 적은 컬럼을 선택하세요.
bias-hint-too-many-classes = 임계값을 선택하면 그보다 큰 레이블이 긍정이 됩니다.
bias-hint-too-many-buckets = 주, 월, 분기, 연처럼 더 긴 구간을 선택하세요.
bias-hint-no-rows = 행이 있는 데이터 소스를 선택하거나, 데이터를 가져오는 쿼리를 확인하세요.
bias-hint-bad-bins = 25, 40, 60처럼 작은 값부터 쉼표로 구분해 입력하세요.
bias-hint-reference-missing = 나머지 전체, 가장 큰 그룹 또는 데이터에 있는 값을 선택하세요.
bias-hint-intersection = 모든 조합을 살펴보거나, 값을 고르려면 컬럼을 하나만 선택하세요.
bias-hint-bad-confidence = 90, 95, 99% 중에서 선택하세요.
bias-hint-exact-mode = 계산 방식을 정확 모드로 바꾸면 측정할 수 있습니다.

# 규칙과 게이트
bias-rule-bad = “{ $rule }” 규칙을 해석할 수 없습니다. |DPL|>0.1 또는 DI<0.8처럼 쓰세요.
bias-rule-metric = “{ $rule }” 규칙에 나온 { $metric } 지표는 없습니다.
bias-gate-broken = { $facet }의 { $value }: { $metric } 값 { $found }, 규칙 위반({ $rule })

# Clarify 구성 파일
bias-config-not-json = 설정 파일이 JSON 형식이 아닙니다(줄 { $line }, 컬럼 { $column }): { $words }
bias-config-unknown-field = 설정 파일에 Clarify가 지원하지 않는 필드가 있습니다: { $field }(줄 { $line }, 컬럼 { $column })
bias-config-missing-field = 설정 파일에 { $field } 필드가 없습니다.
bias-config-wrong-value = 설정 파일에 잘못된 값이 있습니다(줄 { $line }, 컬럼 { $column }): { $words }
bias-config-index-without-headers = 설정 파일이 컬럼을 인덱스({ $index })로 지정하지만 headers가 없습니다.
bias-config-index-out-of-range = 설정 파일이 컬럼을 인덱스({ $index }, 0부터 시작)로 지정하지만 headers는 { $headers }개뿐입니다.
bias-config-no-predictions = 설정 파일이 학습 후 지표를 요청하지만 예측 레이블을 지정하지 않았습니다.
bias-config-no-metrics = 설정 파일이 편향 지표를 하나도 요청하지 않습니다.
bias-config-misplaced-metric = 설정 파일의 { $metric } 지표가 잘못된 단계에 있습니다. 학습 전 지표는 레이블을, 학습 후 지표는 예측을 대상으로 합니다.
bias-config-beyond-clarify = Clarify 설정 파일에는 { $facet } 패싯을 나타낼 방법이 없습니다. 교차 패싯과 구간을 지원하지 않기 때문입니다.

# 데이터 품질
bias-quality-hardly = 0.1% 미만
bias-quality-duplicates = 모든 컬럼이 다른 행과 같은 중복 행이 { $rows }개({ $share }) 있습니다. 모델이 같은 행을 여러 번 학습하게 됩니다.
bias-quality-nulls = { $column }: { $rows }행({ $share })에 값이 없습니다.
bias-quality-constant = { $column }: 값이 항상 { $value }입니다. 학습에 쓸 정보가 없습니다.
bias-quality-label-constant = 레이블 { $column }: 값이 항상 { $value }입니다. 학습할 수 있는 것이 없습니다.
bias-quality-nearly-constant = { $column }: { $share }의 행에서 값이 { $value }입니다.
bias-quality-identifier = { $column }: 거의 모든 행의 값이 다릅니다. 특성이 아니라 식별자이거나 자유 텍스트입니다.
bias-quality-outliers = { $column }: { $rows }행이 { $low } ~ { $high } 범위를 크게 벗어납니다.
bias-quality-leaks = { $column }: 이 컬럼만으로 { $label }의 값을 알 수 있습니다(AUC { $auc }). 결과가 나온 뒤에야 알 수 있는 값일 수 있습니다.
bias-quality-strong = { $column }: 이 컬럼만으로 { $label }을 매우 잘 예측합니다(AUC { $auc }). 결과가 나오기 전에 알 수 있는 값인지 확인하세요.
