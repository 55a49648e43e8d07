-- The sliding window in one atomic step. KEYS: current, previous. ARGV: limit, now, window, cost,
-- strict (1 or 0). The result says whether the call counted, and contains both counters afterwards.
-- All numbers are doubles, as in the rule.
local limit, now, window, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local counters = redis.call("MGET", KEYS[1], KEYS[2])
local current, previous = tonumber(counters[1] or 0), tonumber(counters[2] or 0)
local used = math.floor((1 - (now % window) / window) * previous) + current
local refused
if ARGV[5] == "1" then refused = used + cost > limit else refused = used >= limit end
if cost > 0 and refused then
  return { 0, previous, current }
end
current = redis.call("INCRBY", KEYS[1], ARGV[4])
-- The counter equals the cost on the first call of its window.
if current == cost then
  redis.call("PEXPIRE", KEYS[1], 2 * window + 1000)
end
return { 1, previous, current }
