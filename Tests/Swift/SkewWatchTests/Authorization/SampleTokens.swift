/// Tokens that PyJWT 2.6 made, with keys that nobody uses: what somebody else's library signs, ours must check.
///
/// Each says `{"sub":"ada","exp":1700000300,"role":"admin"}`.
enum SampleTokens {
    /// When they are good.
    static let now = 1_700_000_000.0
    static let secret = "a secret of thirty-two bytes ..."
    /// The keys `r` (RSA, 2,048 bits), `e` (P-256) and `d` (Ed25519).
    static let keySet = #"""
        {"keys":[{"kty":"RSA","kid":"r","use":"sig","alg":"RS256","n":"tuz0RpvWEydXVTX9iWEF6iJw-efoLmndHsfkLsmYanfMAN_\#
        WWlonhWYadUms3wAT1Thpfk6NhJ0ZR8MFWbD6ASO4oUIBA7FDl1ntaQY36cqlc17uwtMtCqvr5TvayrlloK0CFNNWlyUTfgORDp9xNLcrS1BJd\#
        _0IYvzRaHIG0Er8XBh9yzkQIpGoeNHDWaqCt78KY6crMiI9Q_AipWA1S7JQ82vQ89oe01Fp8v6RL5QvRwTm_bzTwQ9eBO_ksGSvtJYvZoGvNfv\#
        wEX5FGrx5Kaf4pAEFb7J-vGSM7HicsjEN6FTxbZ7R2WSHCj7rk00ZC4t7aVS9hRWIXygbzZWb8Q","e":"AQAB"},{"kty":"EC","kid":"e"\#
        ,"crv":"P-256","x":"Mlm2k0Rxg1oRSGi3_EMkDCXNpBqsLPbumxq3B-fZ_Ps","y":"g6ykdlFnT_sVWzqboB2l1GgXDakQFPP63zz5oj2O\#
        bPE"},{"kty":"OKP","kid":"d","crv":"Ed25519","x":"2F3fbZOG6_dA68aT-Ct72XtzPlk0WmgyrTmC1V4zUvM"}]}
        """#

    static let hs256 = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ9.Exr5IvfI0WSc\
        g8Yi9daaEz-hN0OiRfHtnDkyM40DAfA
        """
    static let hs384 = """
        eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ9.WHFwhSWoxmo-\
        nH2_l5qFBh0fIfMftw1zD0tViZOQtiX-MTQ3PK1XBLX4vHr5OwI8
        """
    static let hs512 = """
        eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ9.cdVFt5P5D1Dc\
        nijLOfmVpI_J09U7wVVhniRGQ0LALmcub7vM4pxuQYpRSctf_Xn_ViKdq3YM_2EhFJfbJ8Iwkw
        """
    static let rs256 = """
        eyJhbGciOiJSUzI1NiIsImtpZCI6InIiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ\
        9.k2TyP6ufBaSZseHxaoI-_SVDlhFujP2RWMTJcoK_RQ50Ve4p-i3-P6dLwIr1YJ6jDIeaaF8166BCst0wchPA5x5-4G3RpcuQG_irzkgL_kPo\
        3zSH8TvZ4J2dI24n_uMoOB2mAFp6Fzsv_7LtnExlULNNawq7E8o_9SSDHDmyY6k3-MYFSRacUI6jgNDioIcMiZisgb_xWDfsD2EBStasD6YAb7\
        kQWvsfoaOLDhxwoBov68_1s3cebc9u7_npk1wWtItaQwD-Up8z1uh8KXsJz8rKrWoM2u5HZi4wWye7-lSXzmiK9UmLuU4ihg1OccM7nRUtdLxd\
        r36G1B_Ec6VI8Q
        """
    static let es256 = """
        eyJhbGciOiJFUzI1NiIsImtpZCI6ImUiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ\
        9.THBH9iJyVn0LPZeUPdlkCCxJdbG-L1Ew0Ty3OIFrAxBeHZ5OwiPRh0tQRxVSNl9TrJ1IeWTGQXxJv725YKvm4A
        """
    static let edDSA = """
        eyJhbGciOiJFZERTQSIsImtpZCI6ImQiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ\
        9.XgJuSDZ3hz5tQzRA9ldoXi7Mp-7QnMb3exZbnvZu9frp-E5UgV3xI2HfxkofVmu0zEPJYbvah3709R_CmAQEAQ
        """
    static let es256WithoutKeyID = """
        eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ9.A2RqNJ7JKmok\
        _eTHiJOmAXDo26SoLt91wBREtJ1_pwz8gU-4l5XR9MagQYvkkubrn9HqVRkXVwncq5m0zSrX5A
        """
    static let rs512 = """
        eyJhbGciOiJSUzUxMiIsImtpZCI6InIiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ\
        9.APvwcxaFYq3Zr0RorhtrhKewqB-Uam9TIL16btcFkK8-8SMS5FYTcPZrFjfWMIZLfg86NVx7wWQRqfk9e9MNwJiIuHFSR325_TZsRtXGPHqj\
        0Jc_j2kp1kJeR561nsLhshwzGGhcs4FTJlSGgg7JLuVAgC3uf5O5jgUlsPvDlN2_00OfDGxn3TDtPqVLxPTL674PERhyiRBoyICILNpE2h0IZi\
        5gYAWbgm-UPO5R_HGBzSpi_AV1TqHYluX8sb8N3qCqm7qLnXtV77bzjmLd6V2N3vcf7aMH9DXRTBhNJ31awPCPJFDGeskKpP-OPA7ue4nQ7ryJ\
        OzjhGX-Aq3vT-A
        """
    static let unknownKeyID = """
        eyJhbGciOiJSUzI1NiIsImtpZCI6Inp6IiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbi\
        J9.Xwb3bMr_4uXe143QPq-L2TdWjD-yXwLZ9AqLMKbXNZ2gctT24JIzMUIbCPN1DpLSSyzJHw8VLNEqUxxiGkXqhZIeVw8dPjgHsYe_z_dijqU\
        hQigKaC8SO4qbZ377Czi-A2n2AZzFOZHRX5HxWxiF0WIZJm6Bcq-PRoHf0ACcUQ1uvZzVyuuyuc22aTBG5eTF1AVtXjQ0Wh1lvltEw9Y_rgQtk\
        VvNgwhYkEBksWaK957SaUIRDCcziqphUMPIwTQYpDKSowjIdRumXLJY4ijkVb-DCFlA6BoHrQbnZBNJpC6iJmqOLCJ_hInvwNAn06WDGwW9wST\
        TY1Ye2fBoXmIoqQ
        """
    static let wrongKey = """
        eyJhbGciOiJFUzI1NiIsImtpZCI6ImUiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ\
        9.eSQaSTBe5z1EawNbdVyUIvsUopCt6f7o1LwYX2f8dVzAXbfNaUmGc8XBWgaXa6q4Po4pxrA4wPsKbQgOqgNnxw
        """
    static let wrongSecret = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ9.gqfeZco_Fm1x\
        Oreu1iXqVF82VmrzNCFQjaVDhYhA2D8
        """
    static let publicKeyAsSecret = """
        eyJhbGciOiJIUzI1NiIsImtpZCI6InIiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiAiYWRhIiwgImV4cCI6IDE3MDAwMDAzMDAsICJyb2xlIjogImF\
        kbWluIn0.yiJDJ4jrNJti983-x0vPIfPeu4oeoQTIalhC0svg6vA
        """
    static let none = """
        eyJhbGciOiAibm9uZSIsICJraWQiOiAiciJ9.eyJzdWIiOiAiYWRhIiwgImV4cCI6IDE3MDAwMDAzMDAsICJyb2xlIjogImFkbWluIn0.
        """
    static let noneInCapitals = """
        eyJhbGciOiAiTm9uZSIsICJraWQiOiAiciJ9.eyJzdWIiOiAiYWRhIiwgImV4cCI6IDE3MDAwMDAzMDAsICJyb2xlIjogImFkbWluIn0.
        """
    static let emptyAlgorithm = """
        eyJhbGciOiAiIiwgImtpZCI6ICJyIn0.eyJzdWIiOiAiYWRhIiwgImV4cCI6IDE3MDAwMDAzMDAsICJyb2xlIjogImFkbWluIn0.
        """
    static let otherKeysID = """
        eyJhbGciOiJFUzI1NiIsImtpZCI6InIiLCJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhZGEiLCJleHAiOjE3MDAwMDAzMDAsInJvbGUiOiJhZG1pbiJ\
        9.RiAQVJEokvq0NDq33qlCg3SgitkbYf92I25d3KmW91wlBiAAobkyEocry724WFYAppulRi5cyRvJ6mzsOW34dA
        """
    static let critical = "eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCJdfQ.e30.AA"
}
