### Notices in English.
### Plain text. Never name what was found more closely than here, and never quote.

## What became of it

what-nudge = Before you post: do you want to send this as it is?
what-limit = This can be seen, but with limits.
what-hold = This will appear once it has been looked at.
what-block = This was not posted.

## The same, where more would tip somebody off or teach them

neutral-nudge = Before you post: do you want to send this as it is?
neutral-limit = This is shown in fewer places.
neutral-hold = Thank you. This will appear once it has been looked at.
neutral-block = This could not be posted.

## For somebody who may be at risk: never a reproach

care = It sounds as if things are hard right now. You are not alone, and it is good that you spoke up.
care-help = These people listen, free of judgement:
help = If this touches you or somebody you know, these people help:
card = { $name }: { $phone }
card-text = { $name }, by text message: { $text }
card-link = { $name }:
emergency = If somebody is in danger now, call your local emergency number.
emergency-number = If somebody is in danger now, call { $phone }.
emergency-name = Local emergency number

## Why

because-ai = It appears to misuse an automated assistant, or to pass off its words as expert advice.
because-dangerous_knowledge = It appears to explain how to do serious harm.
because-exploitation = It appears to have to do with exploiting people.
because-fraud = It appears to mislead people about money, goods or who somebody is.
because-goods = It appears to offer something that may not be offered here.
because-harassment = It appears to insult, threaten or pursue somebody.
because-hate = It appears to attack people for who they are.
because-integrity = It appears to mislead people.
because-intellectual_property = It appears to use something that belongs to somebody else.
because-offline = It appears to put somebody at risk outside of this service.
because-other = It appears not to fit the rules of this place.
because-privacy = It appears to share something private.
because-self_harm = It appears to be dangerous for people who are struggling.
because-sexual = It appears to be sexual in a way that is not for this place.
because-violence = It appears to show, threaten or praise violence.
unseen = It could not be fully checked yet.
clause = The rule it is about: { $clause }
law = The law it is about: { $law }
automated = This was decided automatically.
by-person = A person decided this.

## How long

hold-until = It will be looked at by { $until } UTC.
hold-creator = Whoever runs this place looks at it by { $until } UTC.
until = This ends on { $until } UTC.

## What else

effect-label = A label is shown with it.
effect-reach = It is shown to fewer people.
effect-reach-0 = Only you can see it.
effect-min_viewer_age = Only people above a certain age can see it.
effect-geo_block = It cannot be seen in: { $regions }.
effect-deny = Some of what you can do here is paused.
effect-money = Payments are stopped.
appeal = If you think this is wrong, ask for it to be looked at again, by a person:

## Once it was looked at again

revised = This was looked at again, and what was decided has changed.
revised-allow = This was looked at again: nothing restricts it any more.

## For somebody who reported

reply-receipt = Thank you. We have your report and will look at it.
reply-acted-on = We looked at what you reported and did something about it.
reply-not-acted-on = We looked at what you reported and found nothing that breaks the rules.
reply-reversed = What you reported was looked at again: what we had done about it is undone.
reply-won = We looked at it again and changed the decision.
reply-lost = We looked at it again, and the decision stands.
reply-warning = Some of your reports were clearly unfounded. If this goes on, we will stop looking at them for a while.
reply-suspension = Many of your reports were clearly unfounded. Until { $until } UTC we set them aside, unless a life or a child is in danger.
