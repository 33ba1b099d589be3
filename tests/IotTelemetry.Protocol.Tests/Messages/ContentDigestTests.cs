using System.Security.Cryptography;

namespace IotTelemetry.Protocol.Tests.Messages;

public sealed class ContentDigestTests
{
    // FIPS 180-4's examples: csrc.nist.gov, "Examples with Intermediate Values", SHA-256.
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void Published_examples_have_their_digests(string content, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Digest(System.Text.Encoding.ASCII.GetBytes(content))));

    [Fact]
    public void Every_length_around_the_blocks_has_the_platforms_digest()
    {
        var random = new Random(1);
        for (var length = 0; length <= 300; length++)
        {
            var content = new byte[length];
            random.NextBytes(content);
            Assert.Equal(SHA256.HashData(content), Digest(content));
        }
    }

    [Fact]
    public void Digest_that_does_not_fit_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => ContentDigest.Hash([], new byte[31]));

    private static byte[] Digest(byte[] content)
    {
        var digest = new byte[ContentDigest.Bytes];
        ContentDigest.Hash(content, digest);
        return digest;
    }
}
