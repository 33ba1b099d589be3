using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IotTelemetry.Edge.Tls;

/// <summary>Certificates and private keys from the text of PEM files (RFC 7468). What is wrong with one is told as the rest of a sentence that the file begins.</summary>
internal static class PemFile
{
    // RFC 3279 section 2.3
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    /// <summary>The certificates in their order; at least one.</summary>
    /// <exception cref="FormatException">There is none, or one cannot be read.</exception>
    public static X509Certificate2Collection Certificates(string text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            throw new FormatException($"holds a certificate that cannot be read ({exception.Message})", exception);
        }

        return certificates.Count > 0 ? certificates : throw new FormatException("holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
    }

    /// <summary>Certificates of which one is a root. Without one no certificate would ever be trusted: a chain ends at a root.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static X509Certificate2Collection Authorities(string text)
    {
        var authorities = Certificates(text);
        return authorities.Any(static a => a.SubjectName.RawData.AsSpan().SequenceEqual(a.IssuerName.RawData))
            ? authorities
            : throw new FormatException($"holds no root, only {authorities[0].Subject}, which {authorities[0].Issuer} issued");
    }

    /// <summary>Who a device is: its certificate with its private key, and the intermediates that stand behind the certificate.</summary>
    /// <param name="certificates">The device's first.</param>
    /// <param name="key">The text of the key's file: RSA or an elliptic curve, as PKCS #8, PKCS #1 or SEC 1, not encrypted.</param>
    /// <exception cref="FormatException">The key cannot be read, or belongs to another certificate.</exception>
    public static SslStreamCertificateContext Identity(X509Certificate2Collection certificates, string key)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new FormatException("holds an encrypted key, and nobody is there to give its password");
        }

        if (!key.Contains(" PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw new FormatException("holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
        }

        var certificate = certificates[0];
        try
        {
            return SslStreamCertificateContext.Create(WithKey(certificate, key), certificates, offline: true);
        }
        catch (CryptographicException exception)
        {
            throw new FormatException($"holds a private key that cannot be read ({exception.Message})", exception);
        }
        catch (ArgumentException exception)
        {
            // No key of the certificate's algorithm, or another one.
            throw new FormatException($"does not hold the private key of the certificate {certificate.Subject}", exception);
        }
    }

    // X509Certificate2.CreateFromPem would bring the code of every other algorithm.
    private static X509Certificate2 WithKey(X509Certificate2 certificate, string text)
    {
        switch (certificate.GetKeyAlgorithm())
        {
            case Rsa:
                using (var key = RSA.Create())
                {
                    key.ImportFromPem(text);
                    return certificate.CopyWithPrivateKey(key);
                }

            case EllipticCurve:
                using (var key = ECDsa.Create())
                {
                    key.ImportFromPem(text);
                    return certificate.CopyWithPrivateKey(key);
                }

            case var other:
                throw new CryptographicException($"its algorithm is {other}; RSA ({Rsa}) and elliptic curves ({EllipticCurve}) are known");
        }
    }
}
