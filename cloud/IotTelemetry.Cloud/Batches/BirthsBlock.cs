using System.Text;
using IotTelemetry.ClickHouse.Native;
using IotTelemetry.Cloud.Ingest;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Batches;

/// <summary>The rows of the tables <c>gateway_history</c> and <c>asset_history</c>. Not thread-safe.</summary>
internal sealed class BirthsBlock
{
    private readonly LowCardinalityColumn _site;
    private readonly LowCardinalityColumn _gateway;
    private readonly DateTime64Column _receivedAt;
    private readonly StringColumn _hash;
    private readonly LowCardinalityColumn _software;
    private readonly LowCardinalityColumn _board;
    private readonly ValueColumn<uint> _assets;
    private readonly ValueColumn<uint> _points;
    private readonly StringColumn _birth;
    private readonly ValueColumn<ulong> _batch;

    private readonly LowCardinalityColumn _assetSite;
    private readonly StringColumn _asset;
    private readonly DateTime64Column _assetReceivedAt;
    private readonly LowCardinalityColumn _assetGateway;
    private readonly LowCardinalityColumn _kind;
    private readonly ValueColumn<double> _latitude;
    private readonly ValueColumn<double> _longitude;
    private readonly MapColumn _tags;
    private readonly StringColumn _assetHash;
    private readonly ValueColumn<ulong> _assetBatch;

    public BirthsBlock()
    {
        _site = Gateways.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _gateway = Gateways.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _receivedAt = Gateways.Add<DateTime64Column>("received_at", "DateTime64(3, 'UTC')");
        _hash = Gateways.Add<StringColumn>("birth_hash", "String");
        _software = Gateways.Add<LowCardinalityColumn>("software", "LowCardinality(String)");
        _board = Gateways.Add<LowCardinalityColumn>("board", "LowCardinality(String)");
        _assets = Gateways.Add<ValueColumn<uint>>("assets", "UInt32");
        _points = Gateways.Add<ValueColumn<uint>>("points", "UInt32");
        _birth = Gateways.Add<StringColumn>("birth", "String");
        _batch = Gateways.Add<ValueColumn<ulong>>("batch", "UInt64");

        _assetSite = Assets.Add<LowCardinalityColumn>("site", "LowCardinality(String)");
        _asset = Assets.Add<StringColumn>("asset", "String");
        _assetReceivedAt = Assets.Add<DateTime64Column>("received_at", "DateTime64(3, 'UTC')");
        _assetGateway = Assets.Add<LowCardinalityColumn>("gateway", "LowCardinality(String)");
        _kind = Assets.Add<LowCardinalityColumn>("kind", "LowCardinality(String)");
        _latitude = Assets.Add<ValueColumn<double>>("latitude", "Float64");
        _longitude = Assets.Add<ValueColumn<double>>("longitude", "Float64");
        _tags = Assets.Add<MapColumn>("tags", "Map(LowCardinality(String), String)");
        _assetHash = Assets.Add<StringColumn>("birth_hash", "String");
        _assetBatch = Assets.Add<ValueColumn<ulong>>("batch", "UInt64");
    }

    public NativeBlock Gateways { get; } = new();

    public NativeBlock Assets { get; } = new();

    public long Bytes => Gateways.EncodedBytes + Assets.EncodedBytes;

    public void Append(GatewaySession gateway, Birth birth, ReadOnlySpan<byte> payload, long receivedAtMs)
    {
        byte[] hash = Encoding.ASCII.GetBytes(birth.Hash.ToString());
        _site.Append(gateway.SiteUtf8);
        _gateway.Append(gateway.GatewayUtf8);
        _receivedAt.Append(receivedAtMs);
        _hash.Append(hash);
        _software.Append(birth.Header.SoftwareVersion);
        _board.Append(birth.Header.Board);
        _assets.Append((uint)birth.Assets.Count);
        _points.Append((uint)birth.Points.Count);
        _birth.Append(payload);
        foreach (Asset asset in birth.Assets)
        {
            AppendAsset(gateway, asset, hash, receivedAtMs);
        }
    }

    public void Seal(ulong batch)
    {
        _batch.AppendRepeated(batch, Gateways.Rows);
        _assetBatch.AppendRepeated(batch, Assets.Rows);
    }

    public void Clear()
    {
        Gateways.Clear();
        Assets.Clear();
    }

    private void AppendAsset(GatewaySession gateway, Asset asset, byte[] hash, long receivedAtMs)
    {
        _assetSite.Append(gateway.SiteUtf8);
        _asset.Append(asset.Name);
        _assetReceivedAt.Append(receivedAtMs);
        _assetGateway.Append(gateway.GatewayUtf8);
        _kind.Append(asset.Kind);
        _latitude.Append(asset.Position?.Lat ?? double.NaN);
        _longitude.Append(asset.Position?.Lon ?? double.NaN);
        LowCardinalityColumn keys = (LowCardinalityColumn)_tags.Keys;
        StringColumn values = (StringColumn)_tags.Values;
        foreach ((string key, string value) in asset.Tags ?? new Dictionary<string, string>())
        {
            keys.Append(key);
            values.Append(value);
        }

        _tags.EndRow();
        _assetHash.Append(hash);
    }
}
