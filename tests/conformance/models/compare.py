"""Compares logloupe's models with scikit-learn's: same rows in, scores, figures and choices side by side.

Usage: compare.py LOGLOUPE [--data FOLDER] [--only NAME...] [--speed]

Sets are generated here from fixed seeds, and written as CSV logs; LOGLOUPE (the command line) trains on one file and
predicts another. Ends with 1 if anything is further apart than its limit says.
"""

import argparse
import csv
import json
import math
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
from scipy.stats import spearmanr
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.ensemble import GradientBoostingClassifier, IsolationForest, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.preprocessing import OneHotEncoder

warnings.filterwarnings("ignore")
SEEDS = [1, 2, 3, 4, 5]
failures = []


def check(name, what, ours, theirs, holds):
    mark = "ok  " if holds else "FAIL"
    print(f"{mark} {name:<28} {what:<26} ours {ours:<12.6g} scikit-learn {theirs:<12.6g}")
    if not holds:
        failures.append(f"{name}: {what}")


# ------------------------------------------------------------------------------------------------- the command line


class Logloupe:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, pathlib.Path(folder)

    def log(self, name, header, rows):
        path = self.folder / name
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
        return path

    def run(self, *arguments):
        done = subprocess.run([self.binary, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"logloupe {' '.join(map(str, arguments))}\n{done.stderr}")
        return done

    def train(self, log, *arguments):
        model = self.folder / "model.json"
        done = self.run("model", "train", log, "--save", model, "--format", "json", *arguments)
        return model, json.loads(done.stdout), done.stderr

    def predict(self, log, model, *arguments):
        done = self.run("model", "predict", log, "--with", model, *arguments)
        rows = list(csv.reader(done.stdout.splitlines()))
        return rows[0], [[float(cell) for cell in row[3:]] for row in rows[1:]], [row[2] for row in rows[1:]]

    def evaluate(self, log, model):
        return json.loads(self.run("model", "evaluate", log, "--with", model, "--format", "json").stdout)


def numbered(matrix):
    """A header and rows for a matrix, as logloupe names the columns of a CSV file."""
    names = [f"x{at}" for at in range(matrix.shape[1])]
    return names, [[repr(float(value)) for value in row] for row in matrix]


def columns(names):
    return ",".join(f"csv.{name}" for name in names)


# --------------------------------------------------------------------------------------------------- isolation forest


def outliers(kind, seed):
    """2,000 rows of which 60 are known outliers."""
    random = np.random.default_rng(seed)
    n, n_out = 1940, 60
    if kind == "blob":
        usual = random.normal(0, 1, (n, 4))
        odd = random.uniform(-7, 7, (n_out, 4))
    elif kind == "two crowds":
        half = n // 2
        usual = np.vstack([random.normal(-4, 0.7, (half, 3)), random.normal(4, 1.3, (n - half, 3))])
        odd = random.uniform(-9, 9, (n_out, 3))
    else:
        # Bytes and durations as logs have them: long tails, and a few transfers that are far longer.
        usual = np.column_stack([random.lognormal(8, 1, n), random.lognormal(6, 0.8, n), random.poisson(12, n)])
        odd = np.column_stack([random.lognormal(13, 0.6, n_out), random.lognormal(9, 1, n_out), random.poisson(14, n_out)])
    rows = np.vstack([usual, odd])
    truth = np.r_[np.zeros(n), np.ones(n_out)]
    order = random.permutation(len(rows))
    return rows[order], truth[order]


def isolation(tool):
    for kind in ["blob", "two crowds", "long tails"]:
        rows, truth = outliers(kind, 7)
        names, values = numbered(rows)
        log = tool.log("rows.csv", names, values)
        ours = []
        for seed in SEEDS:
            model, _, _ = tool.train(log, "--model", "isolation-forest", "--numbers", columns(names), "--seed", seed)
            ours.append([answer[0] for answer in tool.predict(log, model)[1]])
        theirs = [IsolationForest(random_state=seed).fit(rows).score_samples(rows) for seed in SEEDS]
        ours, theirs = np.array(ours), np.array(theirs)
        rank = np.mean([spearmanr(a, b).statistic for a in ours for b in theirs])
        own = np.mean([spearmanr(theirs[a], theirs[b]).statistic for a in range(5) for b in range(a)])
        check(f"isolation forest, {kind}", "rank correlation (own)", rank, own, rank >= 0.95)
        area = np.mean([metrics.roc_auc_score(truth, -scores) for scores in ours])
        reference = np.mean([metrics.roc_auc_score(truth, -scores) for scores in theirs])
        check(f"isolation forest, {kind}", "ROC area", area, reference, abs(area - reference) <= 0.01)


def cloudwatch(tool, data):
    log = data / "cloudwatch" / "CloudWatch_Traffic_Web_Attack.csv"
    if not log.exists():
        print("skip isolation forest, CloudWatch: the log is not here")
        return
    with log.open() as file:
        table = list(csv.DictReader(file))
    rows = np.array([[float(row["bytes_in"]), float(row["bytes_out"])] for row in table])
    reference = IsolationForest(contamination=0.05, random_state=42).fit(rows)
    theirs = reference.score_samples(rows)
    expected = {address: n for address, n in (("155.91.45.242", 13), ("165.225.240.79", 2))}
    numbers = "source.bytes,destination.bytes"
    ranks, marked = [], []
    for seed in [42, *SEEDS]:
        model, _, _ = tool.train(log, "--model", "isolation-forest", "--numbers", numbers, "--set",
                                 'contamination={"share":0.05}', "--seed", seed)
        _, answers, verdicts = tool.predict(log, model)
        ranks.append(spearmanr([answer[0] for answer in answers], theirs).statistic)
        anomalies = [row["src_ip"] for row, verdict in zip(table, verdicts) if verdict == "anomaly"]
        marked.append({address: anomalies.count(address) for address in sorted(set(anomalies))})
    check("isolation forest, CloudWatch", "rank correlation", np.mean(ranks), 1.0, np.mean(ranks) >= 0.95)
    found = marked[0]
    off = sum(abs(found.get(address, 0) - n) for address, n in expected.items()) + sum(
        n for address, n in found.items() if address not in expected)
    check("isolation forest, CloudWatch", "anomalies (15; swapped)", sum(found.values()), 15,
          sum(found.values()) == 15 and off <= 4)
    print(f"     marked with seed 42: {found}; the anchor: {expected}")


# ------------------------------------------------------------------------------------------------------- random forest


def numeric(n, seed):
    random = np.random.default_rng(seed)
    rows = random.normal(0, 1, (n, 10))
    log_odds = 1.5 * rows[:, 0] - rows[:, 1] * rows[:, 2] + np.sin(2 * rows[:, 3]) - 0.5
    return rows, (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)


def three_classes(n, seed):
    random = np.random.default_rng(seed)
    rows = random.normal(0, 1, (n, 6))
    logits = np.column_stack([rows[:, 0] + rows[:, 1], rows[:, 2] * 1.5, -rows[:, 0] + rows[:, 3] ** 2 - 0.5])
    chance = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return rows, np.array([random.choice(3, p=p) for p in chance])


def imbalanced(n, seed):
    random = np.random.default_rng(seed)
    rows = random.normal(0, 1, (n, 8))
    log_odds = 2 * rows[:, 0] + 1.5 * rows[:, 1] - 6.2
    return rows, (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)


def categories(n, seed):
    random = np.random.default_rng(seed)
    methods = random.choice(["GET", "POST", "HEAD", "PUT", "OPTIONS"], n, p=[0.6, 0.2, 0.1, 0.05, 0.05])
    countries = random.choice([f"c{at:02}" for at in range(30)], n)
    agents = random.choice([f"a{at}" for at in range(12)], n)
    effect = {"GET": -0.5, "POST": 1.2, "HEAD": 0.3, "PUT": 1.8, "OPTIONS": -1.0}
    log_odds = np.array([effect[m] + (0.9 if int(c[1:]) % 3 == 0 else -0.6) + (1.5 if a in ("a3", "a7") else -0.4)
                         for m, c, a in zip(methods, countries, agents)])
    truth = (random.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)
    return np.column_stack([methods, countries, agents]), truth


PARTS = ["shop", "cart", "login", "admin", "images", "static", "api", "search", "user", "profile", "news", "help",
         "config", "backup", "passwd", "shell", "union", "select", "script", "alert", "cmd", "eval", "index", "home"]


def texts(n, seed):
    random = np.random.default_rng(seed)
    odds = {"passwd": 2.4, "shell": 2.2, "union": 1.8, "select": 1.4, "script": 1.5, "alert": 1.2, "cmd": 1.6,
            "eval": 1.9, "backup": 0.8, "config": 0.7, "admin": 0.5, "static": -1.5, "images": -1.5}
    rows, truth = [], []
    for _ in range(n):
        words = list(random.choice(PARTS, random.integers(1, 6)))
        score = sum(odds.get(word, -0.3) for word in words) - 0.4
        rows.append("/" + "/".join(words) + f"/id{random.integers(0, 40)}")
        truth.append(int(random.random() < 1 / (1 + math.exp(-score))))
    return np.array(rows), np.array(truth)


def sets():
    """Name, training and test rows with their labels, how logloupe is asked, how scikit-learn sees the same rows."""
    for name, make, n_train, n_test in [("numeric", numeric, 4000, 4000), ("three classes", three_classes, 4000, 4000),
                                        ("imbalanced", imbalanced, 8000, 8000), ("tiny", numeric, 120, 4000)]:
        (rows, truth), (test, test_truth) = make(n_train, 11), make(n_test, 12)
        names = [f"x{at}" for at in range(rows.shape[1])]
        yield name, names, (rows.tolist(), truth), (test.tolist(), test_truth), ["--numbers", columns(names)], (rows, test)
    (rows, truth), (test, test_truth) = categories(4000, 11), categories(4000, 12)
    names = ["cat0", "cat1", "cat2"]
    encoder = OneHotEncoder(handle_unknown="ignore").fit(rows)
    ask = ["--categories", columns(names), "--prepare", "min_support=1"]
    yield "one-hot", names, (rows.tolist(), truth), (test.tolist(), test_truth), ask, (encoder.transform(rows), encoder.transform(test))
    (rows, truth), (test, test_truth) = texts(4000, 11), texts(4000, 12)
    words = TfidfVectorizer().fit(rows)
    ask = ["--words", "csv.text", "--prepare", "min_support=1"]
    as_rows = lambda values: [[value] for value in values]
    yield "text", ["text"], (as_rows(rows), truth), (as_rows(test), test_truth), ask, (words.transform(rows), words.transform(test))


def area(truth, proba):
    if proba.shape[1] == 2:
        return metrics.roc_auc_score(truth, proba[:, 1])
    return metrics.roc_auc_score(truth, proba, multi_class="ovr")


def classifiers(tool, kind, parameters, reference, limits=(0.01, 0.01)):
    for name, names, (rows, truth), (test, test_truth), ask, (x_train, x_test) in sets():
        header = [*names, "label"]
        log = tool.log("train.csv", header, [[*row, f"c{label}"] for row, label in zip(rows, truth)])
        held_out = tool.log("test.csv", header, [[*row, f"c{label}"] for row, label in zip(test, test_truth)])
        ours, theirs = [], []
        for seed in SEEDS:
            model, _, _ = tool.train(log, "--model", kind, "--label", "csv.label", "--test-share", 0, "--seed", seed,
                                     *parameters, *ask)
            proba = np.array(tool.predict(held_out, model)[1])
            ours.append((area(test_truth, proba), metrics.log_loss(test_truth, proba)))
            fitted = reference(seed).fit(x_train, truth)
            proba = fitted.predict_proba(x_test)
            theirs.append((area(test_truth, proba), metrics.log_loss(test_truth, proba)))
        (our_area, our_loss), (their_area, their_loss) = np.mean(ours, 0), np.mean(theirs, 0)
        title = f"{kind.replace('-', ' ')}, {name}"
        check(title, "ROC area", our_area, their_area, abs(our_area - their_area) <= limits[0])
        check(title, "log loss", our_loss, their_loss, abs(our_loss - their_loss) <= limits[1])


# ------------------------------------------------------------------------------------------------------------- metrics


def figures(tool):
    for name, names, (rows, truth), (test, test_truth), ask, _ in sets():
        header = [*names, "label"]
        log = tool.log("train.csv", header, [[*row, f"c{label}"] for row, label in zip(rows, truth)])
        held_out = tool.log("test.csv", header, [[*row, f"c{label}"] for row, label in zip(test, test_truth)])
        model, _, _ = tool.train(log, "--label", "csv.label", "--test-share", 0, *ask)
        _, proba, verdicts = tool.predict(held_out, model)
        proba, predicted = np.array(proba), np.array([int(verdict[1:]) for verdict in verdicts])
        ours = tool.evaluate(held_out, model)["evaluation"]
        report = metrics.classification_report(test_truth, predicted, output_dict=True, zero_division=0)
        pairs = [
            ("accuracy", ours["report"]["accuracy"], metrics.accuracy_score(test_truth, predicted)),
            ("balanced accuracy", ours["report"]["balanced_accuracy"],
             metrics.balanced_accuracy_score(test_truth, predicted)),
            ("log loss", ours["log_loss"], metrics.log_loss(test_truth, proba)),
            ("ROC area", ours["roc_area"], area(test_truth, proba)),
        ]
        for label, figure in ours["report"]["classes"]:
            for key, theirs in (("precision", "precision"), ("recall", "recall"), ("f1", "f1-score")):
                pairs.append((f"{label} {key}", figure[key], report[label[1:]][theirs]))
        for ours_name, theirs_name in (("macro_average", "macro avg"), ("weighted_average", "weighted avg")):
            pairs.append((f"F1, {theirs_name}", ours["report"][ours_name]["f1"], report[theirs_name]["f1-score"]))
        if proba.shape[1] == 2:
            pairs.append(("average precision", ours["average_precision"],
                          metrics.average_precision_score(test_truth, proba[:, 1])))
            pairs.append(("Brier score", ours["brier_score"], metrics.brier_score_loss(test_truth, proba[:, 1])))
            observed, said = calibration_curve(test_truth, proba[:, 1], n_bins=10)
            for at, point in enumerate(ours["calibration"]):
                pairs.append((f"calibration {at}", point["observed"], observed[at]))
                pairs.append((f"calibration {at}", point["predicted"], said[at]))
        worst = max(pairs, key=lambda pair: abs(pair[1] - pair[2]))
        equal = np.array_equal(ours["confusion"], metrics.confusion_matrix(test_truth, predicted))
        check(f"metrics, {name}", f"{len(pairs)}; worst: {worst[0]}", worst[1], worst[2],
              abs(worst[1] - worst[2]) <= 1e-9 and equal)


def grid(tool):
    cells = {"max_depth": [2, 12], "min_samples_leaf": [1, 60], "n_estimators": [60]}
    for name, names, (rows, truth), _, ask, (x_train, _) in sets():
        if name == "tiny":
            continue
        log = tool.log("train.csv", [*names, "label"], [[*row, f"c{label}"] for row, label in zip(rows, truth)])
        _, summary, _ = tool.train(log, "--label", "csv.label", "--test-share", 0, "--grid", json.dumps(cells), *ask)
        ours = {(c["params"]["random_forest"]["max_depth"], c["params"]["random_forest"]["min_samples_leaf"]): c["mean"]
                for c in summary["tuning"]["candidates"]}
        best = summary["tuning"]["candidates"][0]["params"]["random_forest"]
        best = (best["max_depth"], best["min_samples_leaf"])
        folds = StratifiedKFold(5, shuffle=True, random_state=1)
        search = GridSearchCV(RandomForestClassifier(random_state=1), cells, cv=folds, scoring="balanced_accuracy")
        result = search.fit(x_train, truth).cv_results_
        theirs, noise = {}, {}
        for params, mean, deviation in zip(result["params"], result["mean_test_score"], result["std_test_score"]):
            key = (params["max_depth"], params["min_samples_leaf"])
            theirs[key], noise[key] = mean, deviation / math.sqrt(5)
        top = max(theirs, key=theirs.get)
        apart = theirs[top] - theirs[best]
        limit = 2 * math.hypot(noise[top], noise[best])
        check(f"grid search, {name}", f"{best} and {top}", ours[best], theirs[top], best == top or apart <= limit)


# --------------------------------------------------------------------------------------------------------------- speed


def clocked(action):
    """The processor time of an action here and of the commands that it ran."""
    used = lambda: time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    start = used()
    result = action()
    return result, used() - start


def growth(run):
    """The processor time of 100 trees: that of a run with 101 less that of a run with one, so without reading."""
    (_, many), (_, one) = clocked(lambda: run(101)), clocked(lambda: run(1))
    return many - one


def speed(tool):
    """Ratios of scikit-learn's processor time, one job, to ours, one thread, in one run; above 1 ours is faster."""
    random = np.random.default_rng(3)
    rows = random.normal(0, 1, (1_000_000, 8))
    names, _ = numbered(rows[:1])
    million = tool.folder / "million.csv"
    np.savetxt(million, rows, delimiter=",", header=",".join(names), comments="", fmt="%.6f")

    def trained(log, *arguments):
        return lambda trees: tool.train(log, "--jobs", 1, "--set", f"n_estimators={trees}", *arguments)[0]

    def applied(train, log):
        def run(trees):
            model = train(trees)
            return clocked(lambda: tool.run("model", "predict", log, "--with", model, "--jobs", 1, "--output", os.devnull))[1]
        return run(101) - run(1)

    forest = trained(million, "--model", "isolation-forest", "--numbers", columns(names))
    _, theirs = clocked(lambda: IsolationForest(random_state=1).fit(rows).score_samples(rows))
    report("isolation forest, 1,000,000 × 8", growth(forest) + applied(forest, million), theirs)

    truth = (rows[:50_000, 0] + rows[:50_000, 1] * rows[:50_000, 2] + random.normal(0, 1, 50_000) > 0).astype(int)
    rows = np.column_stack([rows[:50_000], random.normal(0, 1, (50_000, 2))])
    names, values = numbered(rows)
    fifty = tool.log("fifty.csv", [*names, "label"], [[*row, f"c{label}"] for row, label in zip(values, truth)])
    forest = trained(fifty, "--numbers", columns(names), "--label", "csv.label", "--test-share", 0)
    reference = RandomForestClassifier(max_depth=10, random_state=1)
    _, theirs = clocked(lambda: reference.fit(rows, truth))
    report("random forest, 50,000 × 10", growth(forest), theirs)
    wide = np.vstack([rows] * 20)
    log = tool.log("wide.csv", names, (row for _ in range(20) for row in values))
    _, theirs = clocked(lambda: reference.predict_proba(wide))
    report("random forest, predict 1,000,000", applied(forest, log), theirs)

    vocabulary = [f"word{at}" for at in range(2_000)]
    weights = 1 / np.arange(1, 2_001) ** 0.7
    documents = ["/".join(random.choice(vocabulary, 12, p=weights / weights.sum())) for _ in range(20_000)]
    truth = np.array([int(sum(int(word[4:]) % 7 == 0 for word in text.split("/")) >= 3) for text in documents])
    log = tool.log("words.csv", ["text", "label"], [[text, f"c{label}"] for text, label in zip(documents, truth)])
    forest = trained(log, "--words", "csv.text", "--prepare", "max_words=2000", "--prepare", "min_support=1",
                     "--label", "csv.label", "--test-share", 0)
    words = TfidfVectorizer().fit_transform(documents)
    _, theirs = clocked(lambda: RandomForestClassifier(max_depth=10, random_state=1).fit(words, truth))
    report("random forest, 20,000 × 2,000", growth(forest), theirs)


def report(name, ours, theirs):
    print(f"     {name:<34} ours {ours:7.2f} s   scikit-learn {theirs:7.2f} s   ratio {theirs / ours:6.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logloupe")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("../shared/data"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tool = Logloupe(arguments.logloupe, folder)
        depth = ["--set", "max_depth=10"]
        steps = {
            "isolation": lambda: isolation(tool),
            "cloudwatch": lambda: cloudwatch(tool, arguments.data),
            "forest": lambda: classifiers(tool, "random-forest", depth,
                                          lambda seed: RandomForestClassifier(max_depth=10, random_state=seed)),
            "boosting": lambda: classifiers(tool, "gradient-boosting", [],
                                            lambda seed: GradientBoostingClassifier(random_state=seed)),
            "regression": lambda: classifiers(tool, "logistic-regression", [],
                                              lambda seed: LogisticRegression(max_iter=3000), (0.001, 0.001)),
            "metrics": lambda: figures(tool),
            "grid": lambda: grid(tool),
        }
        for name, step in steps.items():
            if not arguments.only or name in arguments.only:
                step()
        if arguments.speed:
            speed(tool)
    if failures:
        sys.exit("\n".join(["", "further apart than they may be:", *failures]))


if __name__ == "__main__":
    main()
