CREATE TABLE run_total (
    contract TEXT NOT NULL,
    day TEXT NOT NULL,
    runs BIGINT NOT NULL,
    idle BIGINT NOT NULL,
    input BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (contract, day)
);

CREATE TABLE run_reason (
    contract TEXT NOT NULL,
    day TEXT NOT NULL,
    code TEXT NOT NULL,
    rejected BIGINT NOT NULL,
    PRIMARY KEY (contract, day, code)
);

INSERT INTO run_total (contract, day, runs, idle, input, accepted, rejected, duplicate, repeated, last_at)
SELECT contract, $DAY(started_at), count(*),
    sum(CASE WHEN accepted + rejected = 0 AND duplicate > 0 THEN 1 ELSE 0 END),
    sum(input), sum(accepted), sum(rejected), sum(duplicate),
    sum(CASE WHEN accepted + rejected = 0 THEN duplicate ELSE 0 END),
    max($SECONDS(COALESCE(finished_at, started_at))) * 1000000
FROM run WHERE state = 'done' GROUP BY 1, 2;

INSERT INTO run_reason (contract, day, code, rejected)
SELECT run.contract, $DAY(run.started_at), reason.key, CAST(sum(CAST(reason.value AS BIGINT)) AS BIGINT)
FROM run, $REASONS AS reason WHERE run.state = 'done' GROUP BY 1, 2, 3;
