"""The vendors' own client libraries publish, read, answer and delete on our stand-ins: what they understand is what the networks say.

usage: clients.py STANDIN   (the program of crate `standin`, which prints its addresses)
"""
import io
import json
import re
import subprocess
import sys
import tempfile

passed, failed = 0, []


def check(name, what):
    global passed
    try:
        what()
        passed += 1
        print("ok   ", name)
    except Exception as error:  # noqa: BLE001 - every failure is reported with its name
        failed.append(name)
        print("FAILED", name, type(error).__name__, error)


def mastodon(address):
    from mastodon import Mastodon, MastodonNotFoundError, MastodonUnauthorizedError

    api = Mastodon(access_token="token-of-1", api_base_url=address)
    assert api.account_verify_credentials()["acct"] == "thana1"
    picture = api.media_post(io.BytesIO(b"\x89PNG" + b"0" * 900), mime_type="image/png", description="A poster")
    first = api.status_post("हेलमेट पहनें", media_ids=[picture], idempotency_key="k1", language="hi")
    again = api.status_post("हेलमेट पहनें", idempotency_key="k1")
    assert first["id"] == again["id"], "the same key is the same post"
    answer = api.status_post("दूसरा भाग", in_reply_to_id=first["id"])
    assert str(answer["in_reply_to_id"]) == str(first["id"])
    assert api.status_source(first["id"])["text"] == "हेलमेट पहनें"
    listed = api.account_statuses(1, limit=40, exclude_reblogs=True)
    assert [s["id"] for s in listed][:2] == [answer["id"], first["id"]]
    api.notifications(types=["mention"])
    api.status_delete(first["id"])
    try:
        api.status(first["id"])
        raise AssertionError("it is still there")
    except MastodonNotFoundError:
        pass
    try:
        Mastodon(access_token="", api_base_url=address).status_post("x")
        raise AssertionError("nobody may post")
    except MastodonUnauthorizedError:
        pass


def youtube(address):
    from google.oauth2.credentials import Credentials
    from googleapiclient.discovery import build
    from googleapiclient.errors import HttpError
    from googleapiclient.http import MediaFileUpload

    api = build("youtube", "v3", credentials=Credentials(token="token-of-1"), static_discovery=True,
                client_options={"api_endpoint": address})
    with tempfile.NamedTemporaryFile(suffix=".mp4") as film:
        film.write(b"7" * 700_000)
        film.flush()
        body = {"snippet": {"title": "यातायात नियम", "description": "d"}, "status": {"privacyStatus": "public"}}
        media = MediaFileUpload(film.name, mimetype="video/mp4", chunksize=256 * 1024, resumable=True)
        upload = api.videos().insert(part="snippet,status", body=body, media_body=media)
        # The client builds upload addresses from the document's root: ours is another host.
        upload.uri = re.sub(r"^https?://[^/]+", address, upload.uri)
        done, steps = None, 0
        while done is None:
            _, done = upload.next_chunk()
            steps += 1
    assert steps == 3, steps
    seen = api.videos().list(part="snippet,statistics", id=done["id"]).execute()
    assert seen["items"][0]["snippet"]["title"] == "यातायात नियम"
    assert api.channels().list(part="id", mine=True).execute()["items"][0]["id"] == "1"
    api.commentThreads().list(part="snippet", allThreadsRelatedToChannelId="1").execute()
    reply = api.comments().insert(part="snippet", body={"snippet": {"parentId": done["id"], "textOriginal": "उत्तर"}}).execute()
    api.comments().setModerationStatus(id=reply["id"], moderationStatus="rejected").execute()
    api.videos().delete(id=done["id"]).execute()
    assert api.videos().list(part="id", id=done["id"]).execute()["items"] == []
    try:
        api.videos().delete(id=done["id"]).execute()
        raise AssertionError("it was gone already")
    except HttpError as error:
        assert error.resp.status == 404 and "videoNotFound" in str(error.error_details)


def graph(address):
    from facebook_business.adobjects.iguser import IGUser
    from facebook_business.adobjects.page import Page
    from facebook_business.adobjects.pagepost import PagePost
    from facebook_business.api import FacebookAdsApi
    from facebook_business.exceptions import FacebookRequestError
    from facebook_business.session import FacebookSession

    FacebookSession.GRAPH = address
    FacebookAdsApi.init(app_id="app", app_secret="secret", access_token="token-of-1", crash_log=False)
    page = Page("1")
    post = page.create_feed(params={"message": "हेलमेट पहनें"})
    listed = list(page.get_published_posts(fields=["id", "message"]))
    assert [p["message"] for p in listed] == ["हेलमेट पहनें"]
    comment = PagePost(post["id"]).create_comment(params={"message": "उत्तर"})
    assert [c["id"] for c in PagePost(post["id"]).get_comments(fields=["id", "message"])] == [comment["id"]]
    try:
        page.create_feed(params={"message": "हेलमेट पहनें"})
        raise AssertionError("it was there already")
    except FacebookRequestError as error:
        assert error.api_error_code() == 506
    PagePost(post["id"]).api_delete()
    try:
        PagePost(post["id"]).api_get(fields=["id"])
        raise AssertionError("it is still there")
    except FacebookRequestError as error:
        assert (error.api_error_code(), error.api_error_subcode()) == (100, 33)
    user = IGUser("5001")
    container = user.create_media(params={"image_url": "https://portal.example.org/a.jpg", "caption": "पोस्टर"})
    media = user.create_media_publish(params={"creation_id": container["id"]})
    assert [m["id"] for m in user.get_media(fields=["id", "caption"])] == [media["id"]]
    assert user.get_content_publishing_limit(fields=["quota_usage", "config"])[0]["config"]["quota_total"] == 50
    try:
        user.create_media_publish(params={"creation_id": container["id"]})
        raise AssertionError("a container is published once")
    except FacebookRequestError as error:
        assert error.api_error_subcode() == 2207006


def x(address):
    from xdk import Client
    from xdk.posts.models import CreateRequest

    client = Client(base_url=address, access_token="token-of-1")
    made = client.posts.create(body=CreateRequest(text="हेलमेट पहनें"))
    assert made.data.id
    me = client.users.get_me()
    assert me.data.id == "1"
    pages = list(client.users.get_posts(id="1", max_results=100))
    found = [p["id"] if isinstance(p, dict) else p.id for page in pages for p in (page.data or [])]
    assert made.data.id in found, found
    client.posts.delete(id=made.data.id)


def main():
    program = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        places = json.loads(program.stdout.readline())
        for name, run in [("Mastodon.py", mastodon), ("google-api-python-client", youtube), ("facebook-business", graph), ("xdk", x)]:
            place = places["graph" if run is graph else run.__name__]
            check(f"{name} on its stand-in", lambda run=run, place=place: run(place))
    finally:
        program.stdin.close()
        program.wait(10)
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(bool(failed))


main()
