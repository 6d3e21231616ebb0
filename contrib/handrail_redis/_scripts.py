"""What runs on the server: counting, asking and tagging, each in one step that nothing can split.

The windows mean what those in a process mean (``handrail``'s MemoryState): an event a little out
of order counts as of the latest, and a clock that was set back begins a key anew. A key's events
are a sorted set by time, each with the running sum before and after it, so that any window is
two look-ups; its members are another, each by when it was met last.

Every script is given what ids are hashed with: another process may have made another since the
server lost its data, and then nothing is done but to say so.
"""

from __future__ import annotations

EVENTS_MOST = 1000
"""Events kept of one key, the latest; twice as many at most, as in a process."""

MEMBERS_MOST = 1000
"""Different members kept of one key, the latest."""

BACKWARDS_S = 60
"""How late an event may come and still count as of the latest."""

TAGS_MOST = 100
"""Tags kept on one thing; those that end first go first."""

_SALTED = """
if ARGV[1] ~= '' and redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return redis.error_reply('SALT')
end
"""

ADD = f"""{_SALTED}
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', ARGV[2]) then return 0 end
local at, now = ARGV[3], tonumber(ARGV[4])

local function extend(key, ttl)
  if redis.call('PTTL', key) < ttl then redis.call('PEXPIRE', key, ttl) end
end

local function meet(key, mode, when, member, ttl)
  if member == '' then return end
  if mode then redis.call('ZADD', key, mode, when, member)
  else redis.call('ZADD', key, when, member) end
  local over = redis.call('ZCARD', key) - {MEMBERS_MOST}
  if over > 0 then redis.call('ZREMRANGEBYRANK', key, 0, over - 1) end
  extend(key, ttl)
end

local function add(events, members, by, member, ttl)
  local when, number, sum = at, 0, 0
  local last = redis.call('ZRANGE', events, -1, -1, 'WITHSCORES')
  if last[1] and tonumber(at) < tonumber(last[2]) then
    if tonumber(at) >= tonumber(last[2]) - {BACKWARDS_S} then
      when = last[2]
    elseif now < tonumber(last[2]) - {BACKWARDS_S} then
      redis.call('DEL', events, members)
      last = {{}}
    else
      meet(members, 'GT', at, member, ttl)
      return
    end
  end
  if last[1] then
    local n, _, after = string.match(last[1], '^(%d+) (%S+) (%S+)$')
    number, sum = tonumber(n), tonumber(after)
  end
  local event = string.format('%012d %.17g %.17g', number + 1, sum, sum + tonumber(by))
  redis.call('ZADD', events, when, event)
  if redis.call('ZCARD', events) > {2 * EVENTS_MOST} then
    redis.call('ZREMRANGEBYRANK', events, 0, {EVENTS_MOST - 1})
  end
  extend(events, ttl)
  meet(members, nil, when, member, ttl)
end

for i = 0, (#ARGV - 4) / 3 - 1 do
  add(KEYS[3 + 2 * i], KEYS[4 + 2 * i], ARGV[5 + 3 * i], ARGV[6 + 3 * i], tonumber(ARGV[7 + 3 * i]))
end
return 1
"""
"""Keys: of the salt, of what is counted once, then of events and members for each count.
Arguments: salt, ms to remember that it was counted, at, now; by, member and ms to keep for each."""

ASK = f"""{_SALTED}
local function sum(key, since)
  local first = redis.call('ZRANGE', key, '(' .. since, '+inf', 'BYSCORE', 'LIMIT', 0, 1)
  if not first[1] then return '0' end
  local last = redis.call('ZRANGE', key, -1, -1)
  local before = tonumber(string.match(first[1], '^%d+ (%S+) '))
  return string.format('%.17g', tonumber(string.match(last[1], ' (%S+)$')) - before)
end

local told = {{}}
for i = 2, #KEYS do
  local what, since = ARGV[2 * i - 2], ARGV[2 * i - 1]
  if what == 'recent' then told[i - 1] = sum(KEYS[i], since)
  elseif what == 'distinct' then told[i - 1] = redis.call('ZCOUNT', KEYS[i], '(' .. since, '+inf')
  else told[i - 1] = redis.call('ZRANGE', KEYS[i], '(' .. since, '+inf', 'BYSCORE', 'WITHSCORES')
  end
end
return told
"""
"""Keys: of the salt, then one for each question. Arguments: salt, then what and since for each."""

TAG = f"""{_SALTED}
local now, tag, ends = ARGV[2], ARGV[3], ARGV[4]
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if ends == '' then redis.call('ZREM', KEYS[2], tag) else redis.call('ZADD', KEYS[2], ends, tag) end
local over = redis.call('ZCARD', KEYS[2]) - {TAGS_MOST}
if over > 0 then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, over - 1) end
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
if not last[1] then return 0 end
if last[2] == 'inf' then redis.call('PERSIST', KEYS[2])
else
  local left = math.ceil((tonumber(last[2]) - tonumber(now)) * 1000)
  redis.call('PEXPIRE', KEYS[2], left + 60000)
end
return 1
"""
"""Keys: of the salt, of the tagged thing. Arguments: salt, now, tag, when it ends or nothing."""

DRAW = f"""{_SALTED}
local now, needed, more = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local rate, burst = tonumber(ARGV[5]), tonumber(ARGV[6])
local kept = redis.call('HMGET', KEYS[2], 'tokens', 'at')
local tokens, at = tonumber(kept[1] or burst), tonumber(kept[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local lacking = math.min(needed, burst) - tokens
if lacking > 0 then return {{'0', string.format('%.17g', lacking / rate)}} end
local taken = needed + math.max(0, math.min(more, tokens - needed))
local left = string.format('%.17g', tokens - taken)
redis.call('HSET', KEYS[2], 'tokens', left, 'at', string.format('%.17g', math.max(now, at)))
local full = math.min((burst - tokens + taken) / rate * 1000 + 60000, 1e12)
redis.call('PEXPIRE', KEYS[2], string.format('%.0f', full))
return {{string.format('%.17g', taken), '0'}}
"""
"""Keys: of the salt, of a bucket. Arguments: salt, now, needed, more, rate, burst."""

BEGIN = f"""{_SALTED}
local kept = redis.call('HMGET', KEYS[2], 'mark', 'until', 'status', 'body')
if kept[1] and tonumber(kept[2]) > tonumber(ARGV[2]) then
  return {{kept[1], kept[3] or '', kept[4] or ''}}
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'mark', ARGV[3], 'until', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return {{}}
"""
"""Keys: of the salt, of an answer. Arguments: salt, now, mark, until when it is ours, ms to keep.
"""

_AWAITED = f"""{_SALTED}
local kept = redis.call('HMGET', KEYS[2], 'mark', 'status')
if kept[1] ~= ARGV[2] or kept[2] then return 0 end
"""

RENEW = f"""{_AWAITED}
redis.call('HSET', KEYS[2], 'until', ARGV[3])
return redis.call('PEXPIRE', KEYS[2], ARGV[4])
"""
"""Keys: of the salt, of an answer. Arguments: salt, mark, until when it is ours, ms to keep."""

SETTLE = f"""{_AWAITED}
redis.call('HSET', KEYS[2], 'until', ARGV[3], 'status', ARGV[5], 'body', ARGV[6])
return redis.call('PEXPIRE', KEYS[2], ARGV[4])
"""
"""Keys: of the salt, of an answer. Arguments: salt, mark, until when, ms to keep, status, body."""

RELEASE = f"""{_AWAITED}
return redis.call('DEL', KEYS[2])
"""
"""Keys: of the salt, of an answer. Arguments: salt, mark."""

SCRIPTS = (ADD, ASK, TAG, DRAW, BEGIN, RENEW, SETTLE, RELEASE)
