using System.Text;

namespace IotTelemetry.Protocol.Tests;

public sealed class BirthTests
{
    [Fact]
    public void A_birth_comes_back_as_it_went_out()
    {
        byte[] payload = Samples.Mixed.Encode();
        Birth decoded = Birth.Decode(payload);
        Assert.Equal(Samples.Mixed.Hash, decoded.Hash);
        Assert.Equal(Samples.Header, decoded.Header);
        Assert.Equal(10, decoded.Points.Count);
        Assert.Equal(("b", "voltage", 7), (decoded.Points[7].Asset.Name, decoded.Points[7].Name, decoded.Points[7].Alias));
        Assert.Equal("7303", decoded.Assets[0].Tags!["zone"]);
        Assert.Equal(payload, decoded.Encode());
    }

    [Fact]
    public void The_hash_does_not_change_with_the_boot()
    {
        Birth later = Samples.Mixed.WithHeader(Samples.Header with { BootId = "other", Epoch = 8, SoftwareVersion = "9", Draining = [7] });
        Assert.Equal(Samples.Mixed.Hash, later.Hash);
        Assert.Equal(Samples.Mixed.Hash, Birth.Decode(later.Encode()).Hash);
    }

    [Fact]
    public void A_model_laid_out_by_other_software_keeps_its_own_bytes_and_hash()
    {
        string model = "{ \"definitions\": [ {\"type\":\"bool\", \"id\":\"x\", \"colour\":\"red\"} ],\r\n  \"assets\": [ {\"name\":\"a\",\"kind\":\"k\",\"points\":{\"x\":0}} ] }\n";
        string text = $$"""{"version":"1.7","later":{"a":[1]},"hash":"{{Birth.HashOf(Encoding.UTF8.GetBytes(model))}}","gateway":"s/g","softwareVersion":"1","board":"b","bootId":"i","epoch":1}""" + "\n" + model;
        Birth birth = Birth.Decode(Encoding.UTF8.GetBytes(text));
        Assert.Equal("x", birth.Points[0].Name);
        Assert.EndsWith("\n" + model, Encoding.UTF8.GetString(birth.Encode()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"version\":\"1.0\"", "\"version\":\"2.0\"", RefusalReason.UnknownVersion)]
    [InlineData("\"version\":\"1.0\"", "\"version\":1", RefusalReason.Malformed)]
    [InlineData("\"version\":\"1.0\"", "\"v\":1", RefusalReason.Malformed)]
    [InlineData("\"V\"", "\"W\"", RefusalReason.Checksum)]
    [InlineData("melbourne/gw-1", "melbourne/gw/1", RefusalReason.Malformed)]
    [InlineData("\"bootId\"", "\"boot\"", RefusalReason.Malformed)]
    [InlineData("\n", "", RefusalReason.Malformed)]
    public void A_changed_birth_is_refused(string text, string replacement, RefusalReason reason)
    {
        string changed = Encoding.UTF8.GetString(Samples.Mixed.Encode()).Replace(text, replacement, StringComparison.Ordinal);
        Assert.Equal(reason, Assert.Throws<MessageFormatException>(() => Birth.Decode(Encoding.UTF8.GetBytes(changed))).Reason);
    }

    [Theory]
    [InlineData("\"count\":1", "\"count\":2")]
    [InlineData("\"count\":1", "\"count\":10")]
    [InlineData("\"count\":1", "\"count\":-1")]
    [InlineData("\"count\":1", "\"counts\":1")]
    [InlineData("\"name\":\"b\"", "\"name\":\"a\"")]
    [InlineData("\"name\":\"b\"", "\"name\":\"b/c\"")]
    [InlineData("\"lat\":-37.81", "\"lat\":-97.81")]
    [InlineData("\"scale\":2", "\"scale\":10")]
    [InlineData("\"minimum\":207", "\"minimum\":254")]
    [InlineData("\"values\":[\"open\",\"closed\"]", "\"values\":[\"open\",\"open\"]")]
    [InlineData("\"zone\"", "\"a zone\"")]
    [InlineData("\"id\":\"state\"", "\"id\":\"count\"")]
    [InlineData("\"deadband\":0.5", "\"deadband\":-0.5")]
    public void A_model_that_breaks_a_rule_is_refused_as_invalid(string text, string replacement)
    {
        string[] lines = Encoding.UTF8.GetString(Samples.Mixed.Encode()).Split('\n', 2);
        Assert.Contains(text, lines[1], StringComparison.Ordinal);
        int at = lines[1].IndexOf(text, StringComparison.Ordinal);
        string model = lines[1][..at] + replacement + lines[1][(at + text.Length)..];
        string first = lines[0].Replace(Samples.Mixed.Hash.ToString(), Birth.HashOf(Encoding.UTF8.GetBytes(model)).ToString(), StringComparison.Ordinal);
        Assert.Equal(RefusalReason.Invalid, Assert.Throws<MessageFormatException>(() => Birth.Decode(Encoding.UTF8.GetBytes(first + "\n" + model))).Reason);
    }

    [Fact]
    public void Three_thousand_parking_bays_with_zone_and_position_stay_below_600_kB()
    {
        Random random = new(1);
        List<Asset> bays = [];
        for (int i = 0; i < 3309; i++)
        {
            bays.Add(new Asset
            {
                Name = $"bay-{51000 + i}",
                Kind = "parking_bay",
                Position = new AssetPosition(-37.81620493158199 + random.NextDouble() / 100, 144.96978894261684 + random.NextDouble() / 100),
                Tags = new Dictionary<string, string> { ["zone"] = $"{7000 + i % 600}" },
                Points = new Dictionary<string, int> { ["occupied"] = i },
            });
        }
        PointDefinition occupied = new() { Id = "occupied", Type = PointType.Boolean, Reporting = new ReportingRule { DebounceMs = 2000 } };
        Birth birth = Birth.Create(Samples.Header, [occupied], bays);
        byte[] payload = birth.Encode();
        Assert.InRange(payload.Length, 300_000, 600_000);
        Assert.Equal(birth.Hash, Birth.Decode(payload).Hash);
    }

    [Fact]
    public void A_birth_that_cannot_be_is_not_created()
    {
        Asset asset = new() { Name = "a b", Kind = "k", Points = new Dictionary<string, int>() };
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Birth.Create(Samples.Header, [], [asset]));
        Assert.Contains("asset 'a b' has U+0020 at position 1", exception.Message, StringComparison.Ordinal);
    }
}
