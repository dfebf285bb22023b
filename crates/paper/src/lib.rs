//! Printed papers: certificates and reports as PDF, in Hindi and English.
