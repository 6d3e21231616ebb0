### Notices in Korean, in the polite form.

what-nudge = 게시하기 전에: 이대로 보내시겠습니까?
what-limit = 볼 수 있지만 일부 제한됩니다.
what-hold = 확인이 끝나면 표시됩니다.
what-block = 게시되지 않았습니다.

neutral-nudge = 게시하기 전에: 이대로 보내시겠습니까?
neutral-limit = 더 적은 곳에 표시됩니다.
neutral-hold = 감사합니다. 확인이 끝나면 표시됩니다.
neutral-block = 게시할 수 없었습니다.

care = 지금 힘든 시간을 보내고 계신 것 같습니다. 당신은 혼자가 아니며, 이야기해 주셔서 다행입니다.
care-help = 판단하지 않고 들어 주는 사람들이 있습니다:
help = 본인이나 아는 분과 관련된 일이라면 여기에서 도움을 받을 수 있습니다:
card = { $name }: { $phone }
card-text = { $name }, 문자: { $text }
card-link = { $name }:
emergency = 지금 누군가 위험하다면 현지 긴급 전화번호로 전화하세요.
emergency-number = 지금 누군가 위험하다면 { $phone }번으로 전화하세요.
emergency-name = 현지 긴급 전화번호

because-ai = 자동 도우미를 악용하거나 그 답변을 전문가의 조언처럼 제시하는 것으로 보입니다.
because-dangerous_knowledge = 심각한 해를 입히는 방법을 설명하는 것으로 보입니다.
because-exploitation = 사람을 착취하는 일과 관련된 것으로 보입니다.
because-fraud = 돈, 상품 또는 신원에 대해 사람을 속이는 것으로 보입니다.
because-goods = 여기에서 제공할 수 없는 것을 제공하는 것으로 보입니다.
because-harassment = 누군가를 모욕하거나 위협하거나 괴롭히는 것으로 보입니다.
because-hate = 어떤 사람이라는 이유로 사람을 공격하는 것으로 보입니다.
because-integrity = 사람을 오해하게 하는 것으로 보입니다.
because-intellectual_property = 다른 사람의 것을 사용하는 것으로 보입니다.
because-offline = 이 서비스 밖에서 누군가를 위험하게 하는 것으로 보입니다.
because-other = 이곳의 규칙에 맞지 않는 것으로 보입니다.
because-privacy = 사적인 것을 공개하는 것으로 보입니다.
because-self_harm = 힘든 상황에 있는 사람에게 위험한 것으로 보입니다.
because-sexual = 이곳에 맞지 않는 성적인 내용으로 보입니다.
because-violence = 폭력을 보여 주거나 예고하거나 찬양하는 것으로 보입니다.
unseen = 아직 충분히 확인되지 않았습니다.
clause = 관련 규칙: { $clause }
law = 관련 법률: { $law }
automated = 이 결정은 자동으로 내려졌습니다.
by-person = 이 결정은 사람이 내렸습니다.

hold-until = { $until }(UTC)까지 확인합니다.
hold-creator = 이곳의 관리자가 { $until }(UTC)까지 확인합니다.
until = { $until }(UTC)에 끝납니다.

effect-label = 라벨이 함께 표시됩니다.
effect-reach = 더 적은 사람에게 표시됩니다.
effect-reach-0 = 본인만 볼 수 있습니다.
effect-min_viewer_age = 일정 나이 이상의 사람만 볼 수 있습니다.
effect-geo_block = 다음 국가나 지역에서는 볼 수 없습니다: { $regions }.
effect-deny = 여기에서 할 수 있는 일의 일부가 중지되었습니다.
effect-money = 결제가 중지되었습니다.
appeal = 잘못되었다고 생각하시면 사람이 다시 확인하도록 요청하세요:

revised = 다시 확인한 결과 결정이 바뀌었습니다.
revised-allow = 다시 확인한 결과 더 이상 제한이 없습니다.

reply-receipt = 감사합니다. 신고를 접수했으며 확인하겠습니다.
reply-acted-on = 신고하신 내용을 확인하고 조치했습니다.
reply-not-acted-on = 신고하신 내용을 확인했으나 규칙 위반을 찾지 못했습니다.
reply-reversed = 신고하신 내용을 다시 확인하여 이전 조치를 취소했습니다.
reply-won = 다시 확인하여 결정을 변경했습니다.
reply-lost = 다시 확인했으며 결정은 유지됩니다.
reply-warning = 일부 신고는 명백히 근거가 없었습니다. 계속되면 한동안 신고를 확인하지 않습니다.
reply-suspension = 많은 신고가 명백히 근거가 없었습니다. { $until }(UTC)까지 생명이나 아동이 위험한 경우를 제외하고 신고를 보류합니다.
