//! Small documents, written by hand.

use std::io::Write;

/// One page with the given operators. F1 is Latin, F2 has a ToUnicode map (1 र, 2 ा), F3 is Kruti Dev, F4 has no map; Im is a JPEG.
pub fn pdf(operators: &str, packed: bool) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n".to_vec();
    let mut object = |id: u32, body: &[u8]| {
        out.extend(format!("{id} 0 obj\n").into_bytes());
        out.extend(body);
        out.extend(b"\nendobj\n");
    };
    object(1, b"<< /Type /Catalog /Pages 2 0 R >>");
    object(2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    object(3, b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R /F3 8 0 R /F4 9 0 R >> /XObject << /Im 10 0 R >> >> >>");
    let (data, filter) = if packed { (deflate(operators.as_bytes()), "/Filter /FlateDecode ") } else { (operators.into(), "") };
    object(4, &stream(filter, &data));
    object(5, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    object(6, b"<< /Type /Font /Subtype /Type0 /BaseFont /Test /ToUnicode 7 0 R >>");
    object(7, &stream("", b"1 beginbfchar <0001> <0930> endbfchar 1 beginbfrange <0002> <0002> <093E> endbfrange"));
    object(8, b"<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+KrutiDev010 >>");
    object(9, b"<< /Type /Font /Subtype /Type0 /BaseFont /Lost >>");
    object(10, &stream("/Subtype /Image /Filter /DCTDecode ", &proving::photograph()));
    object(11, b"<< /Title (Test) /CreationDate (D:20260105103000+05'30') >>");
    out.extend(b"trailer << /Root 1 0 R /Info 11 0 R >>\n%%EOF\n");
    out
}

fn stream(extra: &str, data: &[u8]) -> Vec<u8> {
    [format!("<< {extra}/Length {} >>\nstream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub fn docx(body: &str) -> Vec<u8> {
    docx_with(body, &[])
}

/// With further files in the package.
pub fn docx_with(body: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    let mut files: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
        ("docProps/core.xml", b"<c:p xmlns:c=\"c\" xmlns:d=\"d\"><d:creator>Tester</d:creator></c:p>"),
    ];
    files.extend(more);
    zip(&files, zip::CompressionMethod::Deflated)
}

pub fn zip(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A compound file with the given entries: head, one sector of chains, two of directory.
pub fn compound(entries: &[&str]) -> Vec<u8> {
    let mut out = vec![0; 512];
    out[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    out[30] = 9;
    out[48] = 1;
    out[76..512].fill(0xff);
    out[76..80].fill(0);
    let mut chains = vec![0xff; 512];
    chains[..12].copy_from_slice(&[0xfd, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff]);
    out.extend(chains);
    for at in 0..8 {
        let name: Vec<u8> = entries.get(at).copied().unwrap_or_default().encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut entry = vec![0; 128];
        entry[..name.len()].copy_from_slice(&name);
        entry[64] = if name.is_empty() { 0 } else { name.len() as u8 + 2 };
        out.extend(entry);
    }
    out
}

pub fn mail() -> Vec<u8> {
    let mut out = b"Received: by mail.example.org\r\nFrom: Tester <tester@example.org>\r\nTo: desk@example.org\r\n\
        Subject: =?utf-8?B?4KSq4KSw4KWA4KSV4KWN4KS34KSj?=\r\n =?utf-8?Q?_=E0=A4=B8=E0=A4=82=E0=A4=A6=E0=A5=87=E0=A4=B6?=\r\n\
        Date: Mon, 5 Jan 2026 10:30:00 +0530\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"cut\"\r\n\r\nignored\r\n--cut\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        =E0=A4=A8=E0=A4=AE=E0=A4=B8=E0=A5=8D=E0=A4=A4=E0=A5=87 =3D he=\r\nllo\r\n--cut\r\n\
        Content-Type: text/csv; name=\"list.csv\"\r\nContent-Disposition: attachment; filename=\"list.csv\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n--cut\r\n\
        Content-Disposition: attachment; filename=\"p.png\"\r\n\r\n"
        .to_vec();
    out.extend(png(2, 3));
    out.extend(b"\r\n--cut--\r\n");
    out
}

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    out.extend(width.to_be_bytes());
    out.extend(height.to_be_bytes());
    out.extend([8, 2, 0, 0, 0]);
    out
}

/// `seconds` of silence at 8,000 bytes a second.
pub fn wave(seconds: u32) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    out.extend(8000u32.to_le_bytes());
    out.extend(8000u32.to_le_bytes());
    out.extend([1, 0, 8, 0]);
    out.extend(b"data");
    out.extend((8000 * seconds).to_le_bytes());
    out.resize(out.len() + 8000 * seconds as usize, 128);
    out
}

pub fn movie(scale: u32, duration: u32) -> Vec<u8> {
    let mut header = vec![0; 12];
    header.extend(scale.to_be_bytes());
    header.extend(duration.to_be_bytes());
    header.extend([0; 80]);
    let boxed = |name: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat();
    [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"free", &[0; 9]), boxed(b"moov", &boxed(b"mvhd", &header))].concat()
}
