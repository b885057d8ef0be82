/** awk: `ip -o -d link show dev NAME` as lines of what a device is, as `linkRestore` says it. */
export const awkLink = `
BEGIN {
  word["noudpcsum"] = word["noudp_csum"] = "noudpcsum"
  word["udp6zerocsumtx"] = word["udp_zero_csum6_tx"] = "udp6zerocsumtx"; word["udp6zerocsumrx"] = word["udp_zero_csum6_rx"] = "udp6zerocsumrx"
}
function usual(name, value) { if (name in is && is[name] != value) options = options (options == "" ? "" : " ") name " " is[name] }
NF {
  parts = split($0, part, /\\\\/)
  split(part[1], w, " "); up = w[3] ~ /[<,]UP[,>]/ ? "yes" : "no"
  for (i = 4; i in w; i++) { if (w[i] == "mtu") mtu = w[i + 1]; if (w[i] == "qlen") queue = w[i + 1]; if (w[i] == "master") master = w[i + 1] }
  split(part[2], w, " "); mac = w[2] ~ /^[0-9a-f:.]+$/ ? w[2] : ""
  kind = "physical"
  for (p = 3; p <= parts && kind == "physical"; p++) {
    n = split(part[p], w, " ")
    if (n > 0 && w[1] !~ /^(altname|alias|vf|.*_slave)$/) kind = w[1]
  }
  print "kind " kind; print "mac " mac; print "mtu " mtu; print "queue " queue + 0; print "up " up; print "master " master
  options = ""; unusual = "no"; learning = "learning"; flags = ""
  if (kind == "bridge") {
    for (i = 2; i < n; i++) if (!(w[i] in is)) is[w[i]] = w[i + 1]
    usual("stp_state", 0); usual("vlan_filtering", 0); usual("forward_delay", 1500); usual("hello_time", 200)
    usual("max_age", 2000); usual("ageing_time", 30000); usual("priority", 32768)
  }
  if (kind == "vxlan") {
    for (i = 2; i <= n && w[i] !~ /^(addrgenmode|num[tr]xqueues|g[sr]o_|tso_)/; i++) {
      if (w[i] ~ /^(id|local|group|remote|dev|dstport|ttl|ageing)$/) { is[w[i]] = w[i + 1]; i++ }
      else if (w[i] == "srcport") { if (w[i + 1] != 0 || w[i + 2] != 0) unusual = "yes"; i += 2 }
      else if (w[i] ~ /^(no)?learning$/) learning = w[i]
      else if (w[i] == "df" && w[i + 1] == "unset") i++
      else if (w[i] == "reserved_bits" && w[i + 1] == "0xf7ffffff000000ff") i++
      else if (w[i] in word) flags = flags " " word[w[i]]
      else if (w[i] !~ /^(udpcsum|noudp6zerocsum[tr]x)$/) unusual = "yes"
    }
    if (is["ttl"] ~ /^(auto|inherit|0)$/) is["ttl"] = ""
    if (is["ageing"] == "none") is["ageing"] = 0
    usual("id", ""); usual("local", ""); usual("group", ""); usual("remote", ""); usual("dev", ""); usual("dstport", ""); usual("ttl", "")
    usual("ageing", 300); options = options " " learning flags
  }
  print "options " options; print "unusual " unusual
}`;

/** awk: `ip -o address show` as `4 WORDS` and `6 WORDS`, in the order in which they would be added: of IPv6 the newest is first. */
export const awkAddresses = `
NF {
  gsub(/\\\\/, " "); broadcast = scope = own = more = ""; split("", set); own = $4; skip = 0
  for (i = 5; i <= NF; i++) {
    if ($i == "peer") { own = own "/" substr($(i + 1), index($(i + 1), "/") + 1); i++ }
    else if ($i == "brd") broadcast = " broadcast " $(++i)
    else if ($i == "scope") scope = $(++i)
    else if ($i == "metric") more = " metric " $(++i)
    else if ($i == "dynamic") skip = 1
    else if (index($i, $2 ":") == 1) set["label"] = " label " $i
    else if ($i ~ /^(noprefixroute|nodad|home|mngtmpaddr|autojoin)$/) set[$i] = " " $i
  }
  if (skip || ($3 == "inet6" && scope == "link")) next
  words = own broadcast " scope " scope more set["label"] set["noprefixroute"] set["nodad"] set["home"] set["mngtmpaddr"] set["autojoin"]
  if ($3 == "inet6") six[++n] = words; else print "4 " words
}
END { for (; n > 0; n--) print "6 " six[n] }`;

/** awk: `ip neigh show nud permanent` as `neighbour WORDS`. */
export const awkNeighbours = `
$2 == "lladdr" {
  router = learned = by = ""
  for (i = 4; i <= NF; i++) {
    if ($i == "router") router = " router"
    if ($i == "extern_learn") learned = " extern_learn"
    if ($i == "proto") by = " protocol " $(i + 1)
  }
  print "neighbour " $1 " lladdr " $3 router learned by
}`;

/** awk: `bridge fdb show` as `fdb WORDS`: what somebody put there to reach a tunnel's end. `first`: the one that the kernel makes itself. */
export const awkEntries = `
/ (permanent|static)/ && / dst / {
  split("", at)
  for (i = 2; i < NF; i++) if ($i ~ /^(dst|port|vni|via)$/) { at[$i] = " " $i " " $(i + 1); i++ }
  if (at["dst"] != " dst " first || $1 != "00:00:00:00:00:00")
    print "fdb " $1 at["dst"] at["port"] at["vni"] at["via"] (/ static/ ? " static" : "")
}`;
