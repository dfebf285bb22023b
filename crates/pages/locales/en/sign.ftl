# Several messages signed on one page.
desk-sign = To sign
sign-lead = Messages that wait for your signature. Each is checked again for its own time when you sign; what was edited meanwhile is not signed, and nobody signs what he wrote.
sign-none = Nothing waits for your signature.
sign-done = What was done
sign-signed = signed
sign-refused = not signed
sign-missing = Still missing:
sign-picture = Picture:
sign-this = I have read it and sign it
sign-open = Findings are open; it is signed on its own page only:
sign-page = Open the message
sign-note = Remark
sign-go = Sign what is chosen

# Pictures and films made fit.
media-shape = Cut to
media-shape-hint = The middle of the picture is kept. Other formats than JPEG, PNG and MP4 are made into these where ffmpeg is installed.
media-as-is = As it is
media-width = Width at most (pixels)
media-captions = Captions of a film
media-captions-hint = SubRip (.srt) or WebVTT (.vtt). X and YouTube get them with the film; elsewhere put them into the picture.
media-language = Language of the captions
