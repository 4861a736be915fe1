"""A participant that is asked by message. It needs confluent-kafka: apt install python3-confluent-kafka"""
import json

from confluent_kafka import Consumer, KafkaException, Producer


def answer_of(participant, command):
    """What became of it: the answer that the participant has stored under the call's key, or has just given."""
    try:
        status, body = participant.command(command["type"], command["idempotencyKey"], command["sagaId"], command.get("body"))
    except (KeyError, TypeError, ValueError) as wrong:
        return {"outcome": "refused", "reason": f"the command is not understood: {wrong!r}"}
    if status < 300:
        return {"outcome": "done", "body": body}
    return {"outcome": "not-found" if status == 404 else "refused", "reason": body["reason"]}


def answer_messages(participant, brokers, topic):
    """Carries out the commands of a topic until the process ends. As many processes as it has partitions share them."""
    brokers = {"bootstrap.servers": brokers}
    consumer = Consumer({**brokers, "group.id": topic, "auto.offset.reset": "earliest", "enable.auto.commit": False,
                         "session.timeout.ms": 6000})  # what a killed participant read is read by another after 6 s, not 45
    producer = Producer({**brokers, "enable.idempotence": True, "linger.ms": 1})
    consumer.subscribe([topic])
    while True:
        failed = []
        messages = [it for it in consumer.consume(100, timeout=0.1) if not it.error()]
        for message in messages:
            try:
                command = json.loads(message.value())
                answer = {"inReplyTo": command["messageId"], **answer_of(participant, command)}
            except (KeyError, TypeError, ValueError) as wrong:
                print(f"left out a message that is no command: {wrong!r}", flush=True)
                continue
            producer.produce(command["answerTo"], json.dumps(answer), message.key(), headers={"reply-to": command["replyTo"]},
                             on_delivery=lambda error, _: error and failed.append(error))
        # Answered first, and only then committed: after a crash in between the same commands come again.
        if messages and (producer.flush(30) or failed):
            raise SystemExit(f"answers were not accepted: {failed}")
        try:
            if messages:
                consumer.commit(asynchronous=False)
        except KafkaException as lost:
            # The broker was away, or another process reads the partition now: the same commands come again and find
            # their answers.
            print(f"not committed: {lost}", flush=True)
