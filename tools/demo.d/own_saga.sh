# A user's saga over the two sample services in Python. `sources` is the root of the source tree; $services gets the
# processes to stop.

# Starts a service on $1 and waits until it answers.
serve_sample() {
  local port=$1
  shift
  python3 "$@" >>services.log 2>&1 &
  services+=($!)
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
    sleep 0.1
  done
  fail "the service on port $port did not start: $(cat services.log)"
}

own_saga() {
  local hotel=$((port + 5)) payment=$((port + 6)) input='{"guest":"kim","nights":2,"price":200}'
  step "A saga of your own: two services in Python, and what they owe each other as data"
  sed "s/:8081/:$hotel/; s/:8082/:$payment/" "$sources/samples/trip.yaml" >trip.yaml
  sed -n '/^steps:/,$p' trip.yaml
  serve_sample "$hotel" "$sources/samples/python/hotel.py" "$hotel" hotel.db
  local right_hotel=${services[-1]}
  serve_sample "$payment" "$sources/samples/python/payment.py" "$payment" payment.db

  show saga lint trip.yaml
  show saga publish trip.yaml
  show saga start trip --input "$input" --correlation demo-trip --wait
  show trace demo-trip

  step "Load for it, a tenth of which is declined"
  printf '%s\n' '{"guest":"{user}","nights":{quantity},"price":{price}}' >trip.json
  printf '%s\n' '{"guest":"{user}","nights":{quantity},"price":2000}' >declined.json
  show loadtest mixed --saga trip --input trip.json --fail-share 0.1 --fail-input declined.json --orders 200 || code=$?

  step "Every crash, lost answer and repetition that it may meet, in turn"
  show -q saga rehearse trip.yaml --input "$input" || code=$?

  step "The same with a hotel that books again when it is called again: found"
  kill "$right_hotel"
  wait "$right_hotel" 2>/dev/null || true
  serve_sample "$hotel" "$sources/samples/faulty/hotel.py" "$hotel" faulty.db --fault books-twice
  show -q saga rehearse trip.yaml --input "$input" && fail "the rehearsal did not find that the hotel books twice"
  return 0
}
