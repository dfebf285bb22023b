//! Search over people, phones, vehicles, cases, places and documents.
